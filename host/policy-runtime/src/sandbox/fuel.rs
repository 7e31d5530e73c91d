//! What calling the host costs.
//!
//! The engine counts a policy's instructions but not the work of the host on its behalf. Without a
//! price, a loop that logs would run into its deadline, which no replay can reproduce; with one it
//! runs out of fuel first. The prices are rough multiples of the measured time (a call that does
//! nothing takes some 270 ns, an instruction a quarter of a nanosecond) and part of every recorded
//! fuel figure: changing them changes replays.

use wasmtime::component::{ComponentNamedList, Lift, LinkerInstance, Lower};
use wasmtime::{StoreContextMut, Trap};

use super::guest::Guest;

/// Fuel of a call.
const CALL: u64 = 1_000;
/// Fuel of a byte that is moved.
const BYTE: u64 = 1;

/// Defines `name` as a host function `body` that is paid for.
pub(super) fn define<P, R>(
    instance: &mut LinkerInstance<'_, Guest>,
    name: &str,
    body: impl Fn(&mut Guest, P) -> wasmtime::Result<R> + Send + Sync + 'static,
) -> wasmtime::Result<()>
where
    P: ComponentNamedList + Lift + 'static,
    R: 'static,
    (R,): ComponentNamedList + Lower,
{
    instance.func_wrap(name, move |mut store: StoreContextMut<'_, Guest>, params: P| {
        let result = body(store.data_mut(), params);
        charge(&mut store)?;
        result.map(|result| (result,))
    })
}

/// As [`define`], for a function that returns nothing.
pub(super) fn define_silent<P>(
    instance: &mut LinkerInstance<'_, Guest>,
    name: &str,
    body: impl Fn(&mut Guest, P) + Send + Sync + 'static,
) -> wasmtime::Result<()>
where
    P: ComponentNamedList + Lift + 'static,
{
    instance.func_wrap(name, move |mut store: StoreContextMut<'_, Guest>, params: P| {
        body(store.data_mut(), params);
        charge(&mut store)
    })
}

fn charge(store: &mut StoreContextMut<'_, Guest>) -> wasmtime::Result<()> {
    let bytes = std::mem::take(&mut store.data_mut().unpaid_bytes);
    let price = CALL.saturating_add(bytes.saturating_mul(BYTE));
    let left = store.get_fuel()?.checked_sub(price);
    store.set_fuel(left.unwrap_or(0))?;
    left.map(drop).ok_or_else(|| Trap::OutOfFuel.into())
}

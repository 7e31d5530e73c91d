//! Everything that is known of a component before it is compiled.
//!
//! Compiling is the expensive and attackable step, so all that can be refused is refused here, in
//! time linear in the size of the file: what it is, how big it gets, what it imports and exports.

mod exports;
mod format;
mod imports;
mod scan;

use crate::error::LoadError;
use crate::settings::Limits;

/// Bytes that are worth compiling.
#[derive(Clone, Copy)]
pub(crate) struct Vetted<'a>(&'a [u8]);

impl<'a> Vetted<'a> {
    /// The component.
    pub(crate) fn bytes(self) -> &'a [u8] {
        self.0
    }
}

/// Refuses what is no policy or would cost too much to compile.
pub(crate) fn vet<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Vetted<'a>, LoadError> {
    if bytes.len() > limits.component_bytes {
        return Err(LoadError::TooLarge { bytes: bytes.len(), limit: limits.component_bytes });
    }
    format::check(bytes)?;
    let outline = scan::scan(bytes, limits)?;
    imports::check(&outline.imports)?;
    exports::check(&outline.exports)?;
    Ok(Vetted(bytes))
}

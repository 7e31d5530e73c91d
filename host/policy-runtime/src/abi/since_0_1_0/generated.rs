//! What wasmtime makes of `wit/policy.wit`.
wasmtime::component::bindgen!({ path: "../../wit", world: "scaling-policy" });

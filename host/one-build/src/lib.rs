//! Empty. Its manifest names, for every shared dependency, the union of the features that members of
//! the workspace switch on, so that `cargo test -p X` and `cargo build` build each dependency once.
//! Without it, testing one crate alone builds wasmtime a second time.

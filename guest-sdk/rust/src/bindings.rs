//! The contract as `wit-bindgen` generates it from `wit/policy.wit`.
//!
//! Policies use the re-exports at the root of the crate and [`export_policy!`](crate::export_policy).
#![expect(missing_docs, reason = "generated; the documentation of the contract is carried over")]
#![expect(clippy::pedantic, reason = "generated")]

wit_bindgen::generate!({
    path: "wit",
    world: "scaling-policy",
    pub_export_macro: true,
    export_macro_name: "export_bindings",
    default_bindings_module: "::trimtab_policy_sdk::bindings",
    additional_derives: [PartialEq],
});

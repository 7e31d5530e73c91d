//! Write a Trimtab scaling policy in Rust.

/// The contract as generated from `wit/policy.wit`.
#[expect(missing_docs, reason = "generated; the documentation of the contract is carried over")]
pub mod bindings {
    wit_bindgen::generate!({
        path: "wit",
        world: "scaling-policy",
        generate_all,
        pub_export_macro: true,
        export_macro_name: "export_bindings",
        default_bindings_module: "::trimtab_policy_sdk::bindings",
    });
}

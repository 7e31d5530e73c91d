//! Runs untrusted scaling policies: vetting, compiling, sandbox.

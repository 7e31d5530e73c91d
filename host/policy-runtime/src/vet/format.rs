//! What kind of file it is.

use crate::error::LoadError;

const WASM: &[u8] = b"\0asm";
const CORE_MODULE: &[u8] = b"\0asm\x01\0\0\0";
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
const ELF: &[u8] = b"\x7fELF";

/// Accepts what starts like a component and has something in it.
pub(super) fn check(bytes: &[u8]) -> Result<(), LoadError> {
    if bytes.is_empty() {
        Err(LoadError::Empty)
    } else if bytes == COMPONENT {
        Err(LoadError::EmptyComponent)
    } else if bytes.starts_with(COMPONENT) {
        Ok(())
    } else if bytes.starts_with(CORE_MODULE) {
        Err(LoadError::CoreModule)
    } else if bytes.starts_with(ELF) {
        Err(LoadError::MachineCode)
    } else if !bytes.starts_with(WASM) && is_text(bytes) {
        Err(LoadError::Text)
    } else {
        Err(LoadError::NotWasm { start: hexadecimal(&bytes[..bytes.len().min(8)]) })
    }
}

/// The first kilobyte reads as text.
fn is_text(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(1024)];
    let valid = match str::from_utf8(start) {
        Ok(text) => text,
        // The cut hit the middle of a character.
        Err(error) if error.error_len().is_none() => str::from_utf8(&start[..error.valid_up_to()]).unwrap_or_default(),
        Err(_) => return false,
    };
    valid.chars().all(|char| !char.is_control() || char.is_whitespace())
}

fn hexadecimal(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(" ")
}

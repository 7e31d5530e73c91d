//! A document, given the one before it: what repeats is not stored again.
//!
//! A zstd frame with the document before as its dictionary, less the four magic bytes that every frame
//! begins with. Dictionary, checksum and their ids are not in it; the size of the document is.

use zstd_safe::{CCtx, DCtx, compress_bound, get_error_name, get_frame_content_size};

const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Documents larger than this are refused, both ways.
pub(super) const LARGEST_DOCUMENT: usize = 64 << 20;

/// Level 6 would take a tenth fewer bytes and two thirds more time, which all ticks of one moment wait for:
/// the figures are in RATIONALE.md.
const LEVEL: i32 = 3;

/// Packs documents; reuses its memory.
pub(super) struct Packer {
    context: CCtx<'static>,
    frame: Vec<u8>,
}

impl Packer {
    pub fn new() -> Self {
        Self { context: CCtx::create(), frame: Vec::new() }
    }

    /// `document` as it is stored after `before`, which is empty for the first.
    pub fn pack(&mut self, document: &[u8], before: &[u8]) -> Result<&[u8], String> {
        self.frame.clear();
        self.frame.reserve(compress_bound(document.len()));
        let packed = self.context.compress_using_dict(&mut self.frame, document, before, LEVEL);
        packed.map_err(|code| get_error_name(code).to_owned())?;
        self.frame.strip_prefix(&MAGIC).ok_or_else(|| "zstd wrote no magic bytes".to_owned())
    }
}

/// Unpacks what a [`Packer`] packed.
pub(super) struct Unpacker {
    context: DCtx<'static>,
    frame: Vec<u8>,
}

impl Unpacker {
    pub fn new() -> Self {
        Self { context: DCtx::create(), frame: Vec::new() }
    }

    /// The document that was packed into `body` after `before`.
    pub fn unpack(&mut self, body: &[u8], before: &[u8]) -> Result<Vec<u8>, String> {
        self.frame.clear();
        self.frame.extend_from_slice(&MAGIC);
        self.frame.extend_from_slice(body);
        let size = get_frame_content_size(&self.frame).ok().flatten().and_then(|size| usize::try_from(size).ok());
        let size = size.filter(|size| *size <= LARGEST_DOCUMENT).ok_or_else(|| "no sensible size".to_owned())?;
        let mut document = Vec::with_capacity(size);
        let unpacked = self.context.decompress_using_dict(&mut document, &self.frame, before);
        unpacked.map_err(|code| get_error_name(code).to_owned())?;
        Ok(document)
    }
}

#[cfg(test)]
mod tests {
    use super::{Packer, Unpacker};

    #[test]
    fn unpacks_to_the_same_bytes() {
        let first: Vec<u8> = (0..5000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        let mut second = first.clone();
        second[1000] ^= 1;
        let (mut packer, mut unpacker) = (Packer::new(), Unpacker::new());
        let key = packer.pack(&first, &[]).unwrap().to_vec();
        let delta = packer.pack(&second, &first).unwrap().to_vec();
        assert!(delta.len() < 40, "{}", delta.len());
        assert_eq!(unpacker.unpack(&key, &[]).unwrap(), first);
        assert_eq!(unpacker.unpack(&delta, &first).unwrap(), second);
    }

    #[test]
    fn small_and_empty_documents_too() {
        let (mut packer, mut unpacker) = (Packer::new(), Unpacker::new());
        for (document, before) in [("", ""), ("{}", ""), ("", "{}"), ("{}", "{}"), ("12345678", "1234567")] {
            let body = packer.pack(document.as_bytes(), before.as_bytes()).unwrap().to_vec();
            assert_eq!(unpacker.unpack(&body, before.as_bytes()).unwrap(), document.as_bytes());
        }
    }

    #[test]
    fn nonsense_is_refused() {
        let mut unpacker = Unpacker::new();
        assert!(unpacker.unpack(&[], &[]).is_err());
        assert!(unpacker.unpack(&[0xff; 40], &[]).is_err());
    }
}

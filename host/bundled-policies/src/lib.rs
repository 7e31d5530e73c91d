//! The policies that come with the host, as components.

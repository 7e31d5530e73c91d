//! The one JSON form of the policy contract.

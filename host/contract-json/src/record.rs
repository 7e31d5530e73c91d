//! One table per record: which field has which name, and when it is left out. Both directions come
//! from it, so they can't drift apart.

/// `record! { Type { rule [(default)] field: "name", .. } }`: the rules are the methods of
/// [`Object`](crate::write::Object) and [`Fields`](crate::node::Fields).
macro_rules! record {
    ($type:ident { $($rule:ident $(($default:expr))? $field:ident: $name:literal),* $(,)? }) => {
        impl crate::write::Encode for $type {
            fn encode(&self, out: &mut String) {
                let mut object = crate::write::Object::open(out);
                $(object.$rule($name, &self.$field $(, &$default)?);)*
                object.close();
            }
        }

        impl crate::node::Decode for $type {
            fn decode(node: &crate::node::Node<'_>) -> Result<Self, crate::error::DecodeError> {
                let fields = node.fields(&[$($name),*])?;
                Ok(Self { $($field: fields.$rule($name $(, &$default)?)?,)* })
            }
        }
    };
}

pub(crate) use record;

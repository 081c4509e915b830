//! What the tokens of a type show: its name and its arguments. An alias of a type is another type here.

use syn::{GenericArgument, PathArguments, PathSegment, Type};

/// The type without the invisible group that `macro_rules!` puts around a fragment, and without parentheses.
pub(crate) fn ungrouped(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungrouped(&group.elem),
        Type::Paren(paren) => ungrouped(&paren.elem),
        ty => ty,
    }
}

/// Whether the type has one of these names, in any module.
pub(crate) fn is_named(ty: &Type, names: &[&str]) -> bool {
    last_segment(ty).is_some_and(|last| names.iter().any(|name| last.ident == name))
}

/// Whether the type is a number, `bool` or `char`.
pub(crate) fn is_primitive(ty: &Type) -> bool {
    is_named(ty, PRIMITIVES)
}

/// Whether the type is an `Option`.
pub(crate) fn is_option(ty: &Type) -> bool {
    is_named(ty, &["Option"])
}

/// The type arguments: `K` and `V` of `HashMap<K, V>`.
pub(crate) fn arguments(ty: &Type) -> impl Iterator<Item = &Type> {
    let arguments = match last_segment(ty).map(|last| &last.arguments) {
        Some(PathArguments::AngleBracketed(arguments)) => Some(&arguments.args),
        _ => None,
    };
    arguments.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn last_segment(ty: &Type) -> Option<&PathSegment> {
    let Type::Path(path) = ungrouped(ty) else { return None };
    path.path.segments.last()
}

const PRIMITIVES: &[&str] = &[
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64", "bool",
    "char",
];

//! The bounds of the generated impls for a generic state: what its fields need, as in the derives of serde. So a type parameter needs no
//! bounds of its own.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{Generics, Ident, WherePredicate, parse_quote};

use super::field::write;
use crate::parse::{Engine, Struct};

/// The generics of `impl Clone` for the update: the types of its fields are `Clone`.
pub(super) fn of_clone(engine: &Engine, state: &Struct) -> Generics {
    let mut generics = state.generics.clone();
    let parameters: Vec<_> = generics.type_params().map(|parameter| parameter.ident.clone()).collect();
    let fields = state.fields.iter().filter(|field| contains(field.ty.to_token_stream(), &parameters));
    let types = fields.flat_map(|field| [Some(field.ty.to_token_stream()), write(engine, field)]).flatten();
    let bounds: Vec<WherePredicate> = types.map(|ty| parse_quote!(#ty: ::core::clone::Clone)).collect();
    add(&mut generics, bounds);
    generics
}

/// The generics of `impl Update` for the update.
pub(super) fn of_update(engine: &Engine, state: &Struct) -> Generics {
    let update = format_ident!("{}Update", state.name);
    let generics = of_clone(engine, state);
    with_bounds(
        &generics,
        &update,
        &quote!(::core::clone::Clone + ::core::marker::Send + ::core::marker::Sync + 'static),
    )
}

/// The generics of `impl State` for the state.
pub(super) fn of_state(engine: &Engine, state: &Struct) -> Generics {
    let update = format_ident!("{}Update", state.name);
    let generics = shared(&state.name, &state.generics);
    with_bounds(&generics, &update, &quote!(#engine::Update))
}

/// The generics of an impl that needs only what every state is: shared with other threads, and not borrowed.
pub(super) fn shared(state: &Ident, generics: &Generics) -> Generics {
    with_bounds(generics, state, &quote!(::core::marker::Send + ::core::marker::Sync + 'static))
}

/// The generics with bounds for a type that has these generics. A type without parameters is checked where it is declared.
fn with_bounds(generics: &Generics, name: &Ident, bounds: &TokenStream) -> Generics {
    let mut generics = generics.clone();
    let is_generic = generics.lifetimes().next().is_some() || generics.type_params().next().is_some();
    let (_, ty_generics, _) = generics.split_for_impl();
    let bound = is_generic.then(|| -> WherePredicate { parse_quote!(#name #ty_generics: #bounds) });
    add(&mut generics, bound);
    generics
}

fn add(generics: &mut Generics, bounds: impl IntoIterator<Item = WherePredicate>) {
    let mut bounds = bounds.into_iter().peekable();
    if bounds.peek().is_some() {
        generics.make_where_clause().predicates.extend(bounds);
    }
}

/// Whether one of the names is in the tokens.
fn contains(tokens: TokenStream, names: &[Ident]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => names.contains(&ident),
        TokenTree::Group(group) => contains(group.stream(), names),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

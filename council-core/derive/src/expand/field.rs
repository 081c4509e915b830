//! One field of the update: its type, and how it is applied to the state.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use crate::parse::{Engine, Field, Reducer};

/// The declaration of the update's field.
pub(super) fn declaration(engine: &Engine, field: &Field) -> TokenStream {
    let Field { name, visibility, ty, .. } = field;
    let doc = format!("The write to `{name}`, if there is one.");
    let update_type = match write(engine, field) {
        None => quote!(::core::option::Option<#ty>),
        Some(write) => {
            let engine = engine.at(ty.span());
            quote_spanned!(ty.span()=> #engine::reduce::FieldUpdate<#write, #ty>)
        }
    };
    quote!(#[doc = #doc] #visibility #name: #update_type,)
}

/// The type of a write that goes through a reducer; `None` if a write replaces the field.
pub(super) fn write(engine: &Engine, field: &Field) -> Option<TokenStream> {
    let ty = &field.ty;
    let item = item(ty);
    let engine = engine.at(ty.span());
    // Written out, not an associated type of the reducer: then a reducer with a wrong type is one error, not one for each use.
    Some(match &field.reducer {
        Reducer::Replace | Reducer::Concurrent(_) => return None,
        Reducer::Add | Reducer::Max | Reducer::Min => quote!(#ty),
        Reducer::Function(_) => quote!(::std::vec::Vec<#ty>),
        Reducer::Append | Reducer::Merge => quote_spanned!(ty.span()=> ::std::vec::Vec<#item>),
        Reducer::ById => {
            let write = quote_spanned!(ty.span()=> #engine::reduce::IdWrite<#item, #engine::reduce::OwnedId<#item>>);
            quote_spanned!(ty.span()=> ::std::vec::Vec<#write>)
        }
    })
}

/// The statement that applies the field of the update to the state.
pub(super) fn apply(engine: &Engine, field: &Field) -> TokenStream {
    let Field { name, ty, .. } = field;
    match &field.reducer {
        Reducer::Replace | Reducer::Concurrent(_) => {
            quote!(if let ::core::option::Option::Some(value) = update.#name { self.#name = value; })
        }
        Reducer::Function(path) => quote!(update.#name.apply_with(#path, &mut self.#name);),
        named => {
            let marker = marker(engine, named, ty);
            let call = quote_spanned!(ty.span()=> apply::<#marker>);
            quote!(update.#name.#call(&mut self.#name);)
        }
    }
}

/// The field of the update that is applied before an edit, while the update itself yields to the edit.
pub(super) fn yield_to(engine: &Engine, field: &Field) -> TokenStream {
    let Field { name, ty, .. } = field;
    let earlier = match &field.reducer {
        Reducer::Replace | Reducer::Concurrent(_) => quote!({
            if edit.#name.is_some() { self.#name = ::core::option::Option::None; }
            ::core::option::Option::None
        }),
        Reducer::Function(path) => quote!(self.#name.yield_to_with(#path, &edit.#name)),
        named => {
            let marker = marker(engine, named, ty);
            let call = quote_spanned!(ty.span()=> yield_to::<#marker>);
            quote!(self.#name.#call(&edit.#name))
        }
    };
    quote!(#name: #earlier)
}

/// The statement for a second write of one superstep, if the field has a function that merges concurrent writes.
pub(super) fn apply_beside(index: usize, field: &Field) -> Option<TokenStream> {
    let Field { name, reducer: Reducer::Concurrent(function), .. } = field else { return None };
    Some(quote! {
        if earlier.contains(#index) {
            if let ::core::option::Option::Some(value) = update.#name.take() { #function(&mut self.#name, value); }
        }
    })
}

/// The type of the reducer in council-core. It has the span of the field's type, so that a type error is shown there.
pub(super) fn marker(engine: &Engine, reducer: &Reducer, ty: &Type) -> TokenStream {
    let name = match reducer {
        Reducer::Append => "Append",
        Reducer::Add => "Add",
        Reducer::Max => "Max",
        Reducer::Min => "Min",
        Reducer::Merge => "Merge",
        Reducer::ById => "ById",
        Reducer::Replace | Reducer::Concurrent(_) | Reducer::Function(_) => return TokenStream::new(),
    };
    let name = format_ident!("{name}", span = ty.span());
    let engine = engine.at(ty.span());
    quote_spanned!(ty.span()=> #engine::reduce::#name)
}

/// The place of the user's code, for errors, with the names of the generated code. A macro of the user cannot hide `self` from it.
pub(super) fn located(code: &impl Spanned) -> Span {
    code.span().resolved_at(Span::call_site())
}

/// The item type of a collection.
pub(super) fn item(ty: &Type) -> TokenStream {
    quote_spanned!(ty.span()=> <#ty as ::core::iter::IntoIterator>::Item)
}

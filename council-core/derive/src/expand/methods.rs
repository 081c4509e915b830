//! The methods of the update that write one field.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Path, Type};

use super::field::{item, marker};
use crate::parse::ty::{arguments, is_option, is_primitive};
use crate::parse::{Engine, Field, Reducer};

/// The methods of the update for a field.
pub(super) fn methods(engine: &Engine, field: &Field) -> TokenStream {
    let name = field.name.unraw();
    let writing = match &field.reducer {
        Reducer::Replace => return setting(field, &format!("Sets `{name}`.")),
        Reducer::Concurrent(function) => {
            let function = function.to_token_stream();
            return setting(field, &format!("Sets `{name}`; `{function}` merges several writes of one superstep."));
        }
        Reducer::Append => appending(engine, field),
        Reducer::ById => by_id(engine, field),
        Reducer::Merge => merging(engine, field),
        Reducer::Add => valued(engine, field, &format!("Adds to `{name}`.")),
        Reducer::Max => valued(engine, field, &format!("Sets `{name}` if the value is greater.")),
        Reducer::Min => valued(engine, field, &format!("Sets `{name}` if the value is less.")),
        Reducer::Function(path) => reducing(field, path),
    };
    let overwriting = overwriting(engine, field);
    quote!(#writing #overwriting)
}

fn setting(field: &Field, doc: &str) -> TokenStream {
    let Field { name, visibility, ty, .. } = field;
    let (argument, value) = argument(ty);
    quote! {
        #[doc = #doc]
        #visibility fn #name(mut self, value: #argument) -> Self {
            self.#name = ::core::option::Option::Some(#value);
            self
        }
    }
}

fn appending(engine: &Engine, field: &Field) -> TokenStream {
    let Field { name, visibility, ty, .. } = field;
    let item = item(ty);
    let many = format_ident!("extend_{}", name.unraw());
    let doc = format!("Adds an item to `{}`.", name.unraw());
    let docs = format!("Adds items to `{}`.", name.unraw());
    let (argument, value) = item_argument(ty);
    let push = write(engine, field, &quote!(::std::vec![#value]));
    let extend = write(engine, field, &quote!(items.into_iter().collect()));
    quote! {
        #[doc = #doc]
        #visibility fn #name(mut self, item: #argument) -> Self { #push }
        #[doc = #docs]
        #visibility fn #many(mut self, items: impl ::core::iter::IntoIterator<Item = #item>) -> Self { #extend }
    }
}

fn by_id(engine: &Engine, field: &Field) -> TokenStream {
    let Field { name, visibility, ty, .. } = field;
    let item = item(ty);
    let many = format_ident!("extend_{}", name.unraw());
    let remove = format_ident!("remove_{}", name.unraw());
    let doc = format!("Adds an item to `{}`, or replaces the item with the same id.", name.unraw());
    let docs = format!("Adds items to `{}`; each replaces the item with the same id, if there is one.", name.unraw());
    let remove_doc = format!("Removes the item with this id from `{}`, if there is one.", name.unraw());
    let (argument, value) = item_argument(ty);
    let located = engine.at(ty.span());
    let id = quote_spanned!(ty.span()=> &<#item as #located::Identified>::Id);
    let put = write(engine, field, &quote!(::std::vec![#engine::reduce::IdWrite::Put(#value)]));
    let extend = write(engine, field, &quote!(items.into_iter().map(#engine::reduce::IdWrite::Put).collect()));
    let removing = quote!(::std::vec![#engine::reduce::IdWrite::Remove(::std::borrow::ToOwned::to_owned(id))]);
    let removing = write(engine, field, &removing);
    quote! {
        #[doc = #doc]
        #visibility fn #name(mut self, item: #argument) -> Self { #put }
        #[doc = #docs]
        #visibility fn #many(mut self, items: impl ::core::iter::IntoIterator<Item = #item>) -> Self { #extend }
        #[doc = #remove_doc]
        #visibility fn #remove(mut self, id: #id) -> Self { #removing }
    }
}

fn merging(engine: &Engine, field: &Field) -> TokenStream {
    let Field { name, visibility, ty, .. } = field;
    let item = item(ty);
    let many = format_ident!("extend_{}", name.unraw());
    let doc = format!("Inserts an entry into `{}`.", name.unraw());
    let docs = format!("Inserts entries into `{}`.", name.unraw());
    let located = engine.at(ty.span());
    let part = |argument: Option<&Type>, part: Ident| {
        let ty = quote_spanned!(ty.span()=> <#item as #located::__private::Entry>::#part);
        if argument.is_some_and(is_primitive) { ty } else { quote!(impl ::core::convert::Into<#ty>) }
    };
    let mut arguments = arguments(ty);
    let key = part(arguments.next(), format_ident!("Key"));
    let value = part(arguments.next(), format_ident!("Value"));
    let insert = write(engine, field, &quote!(::std::vec![(key.into(), value.into())]));
    let extend = write(engine, field, &quote!(entries.into_iter().collect()));
    quote! {
        #[doc = #doc]
        #visibility fn #name(mut self, key: #key, value: #value) -> Self { #insert }
        #[doc = #docs]
        #visibility fn #many(mut self, entries: impl ::core::iter::IntoIterator<Item = #item>) -> Self { #extend }
    }
}

/// The method for a reducer whose write has the type of the field.
fn valued(engine: &Engine, field: &Field, doc: &str) -> TokenStream {
    let Field { name, visibility, ty, .. } = field;
    let (argument, value) = if is_option(ty) { argument(ty) } else { (quote!(#ty), quote!(value)) };
    let body = write(engine, field, &value);
    quote! {
        #[doc = #doc]
        #visibility fn #name(mut self, value: #argument) -> Self { #body }
    }
}

fn reducing(field: &Field, path: &Path) -> TokenStream {
    let Field { name, visibility, ty, .. } = field;
    let doc = format!("Writes a value to `{}`, with the reducer `{}`.", name.unraw(), path.to_token_stream());
    let (argument, value) = argument(ty);
    quote! {
        #[doc = #doc]
        #visibility fn #name(mut self, value: #argument) -> Self {
            self.#name.write_with(#path, #value);
            self
        }
    }
}

fn overwriting(engine: &Engine, field: &Field) -> TokenStream {
    let Field { name, visibility, ty, .. } = field;
    let overwrite = format_ident!("overwrite_{}", name.unraw());
    let doc = format!("Replaces the whole of `{}`, and the other writes of the superstep.", name.unraw());
    let (argument, value) = argument(ty);
    quote! {
        #[doc = #doc]
        #visibility fn #overwrite(mut self, value: #argument) -> Self {
            self.#name = #engine::reduce::FieldUpdate::Overwrite(#value);
            self
        }
    }
}

/// The body of a method that writes through a reducer of council-core.
fn write(engine: &Engine, field: &Field, value: &TokenStream) -> TokenStream {
    let Field { name, ty, .. } = field;
    let marker = marker(engine, &field.reducer, ty);
    let call = quote_spanned!(ty.span()=> write::<#marker>);
    quote!(self.#name.#call(#value); self)
}

/// The argument type of a method for an item of a collection, and its conversion.
fn item_argument(ty: &Type) -> (TokenStream, TokenStream) {
    let item = item(ty);
    if arguments(ty).next().is_some_and(is_primitive) {
        (item, quote!(item))
    } else {
        (quote!(impl ::core::convert::Into<#item>), quote!(item.into()))
    }
}

/// The argument type of a method for a whole value, and its conversion. A primitive is taken without `Into`, so that a literal needs
/// no suffix. An `Option` takes its value also without `Some`.
fn argument(ty: &Type) -> (TokenStream, TokenStream) {
    if is_primitive(ty) {
        (quote!(#ty), quote!(value))
    } else {
        (quote!(impl ::core::convert::Into<#ty>), quote!(value.into()))
    }
}

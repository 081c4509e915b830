//! The code that writes one field of an update, and reads it.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Generics, WherePredicate, parse_quote};

use super::field::located;
use crate::parse::{Field, LEFT_OUT, Missing, OVERWRITTEN, Reducer, Settings, Struct};

/// A field of a state, for what is stored of it.
pub(super) struct StoredField<'a> {
    pub(super) settings: &'a Settings,
    pub(super) state: &'a Struct,
    pub(super) number: usize,
    pub(super) field: &'a Field,
}

impl StoredField<'_> {
    /// A type with the functions that `with`, `serialize_with` and `deserialize_with` name; empty if there are none.
    pub(super) fn functions(&self, writing: &Generics, reading: &Generics) -> TokenStream {
        let Field { ty, serde: attributes, .. } = self.field;
        if !self.field.is_stored() {
            return TokenStream::new();
        }
        let (engine, marker) = (&self.settings.engine, self.marker());
        let serde = quote!(#engine::__private::serde);
        let name = &self.state.name;
        let (_, ty_generics, _) = self.state.generics.split_for_impl();
        let mut code = TokenStream::new();
        if attributes.write_with.is_some() || attributes.read_with.is_some() {
            code.extend(quote!(enum #marker {}));
        }
        if let Some(path) = &attributes.write_with {
            let (impl_generics, _, where_clause) = writing.split_for_impl();
            let call = quote_spanned!(located(path)=> #path(value, serializer));
            code.extend(quote! {
                #[automatically_derived]
                impl #impl_generics #engine::__private::WriteWith<#ty, #name #ty_generics> for #marker #where_clause {
                    fn write<S__: #serde::Serializer>(
                        value: &#ty,
                        serializer: S__,
                    ) -> ::core::result::Result<S__::Ok, S__::Error> {
                        #call
                    }
                }
            });
        }
        if let Some(path) = attributes.read_with.as_ref().filter(|_| attributes.is_read) {
            let (impl_generics, _, where_clause) = reading.split_for_impl();
            let call = quote_spanned!(located(path)=> #path(deserializer));
            code.extend(quote! {
                #[automatically_derived]
                impl #impl_generics #engine::__private::ReadWith<'de, #ty, #name #ty_generics> for #marker #where_clause {
                    fn read<D__: #serde::Deserializer<'de>>(
                        deserializer: D__,
                    ) -> ::core::result::Result<#ty, D__::Error> {
                        #call
                    }
                }
            });
        }
        code
    }

    /// The statement that writes the field of an update.
    pub(super) fn write(&self) -> TokenStream {
        let Field { name, serde: attributes, .. } = self.field;
        let key = &attributes.key;
        let left_out_if = attributes.left_out_if.as_ref();
        let overwritten = format!("{OVERWRITTEN}{key}");
        let is_merged = matches!(self.field.reducer, Reducer::Merge);
        if attributes.write_with.is_none() && left_out_if.is_none() && !is_merged {
            return if self.field.is_replace() {
                quote!(writing.field(#key, &self.#name)?;)
            } else {
                quote!(writing.change(#key, #overwritten, &self.#name)?;)
            };
        }
        let left_out = left_out_if.map(|path| {
            let key = format!("{LEFT_OUT}{key}");
            let call = quote_spanned!(located(path)=> #path(value));
            (call, quote!(writing.entry(#key, &())?))
        });
        let write = |key: &str, written: TokenStream| {
            let write = quote!(writing.entry(#key, &#written)?);
            match &left_out {
                Some((is_left_out, leave_out)) => quote!(if #is_left_out { #leave_out } else { #write }),
                None => write,
            }
        };
        let engine = &self.settings.engine;
        let whole = self.with_functions(&quote!(value), attributes.write_with.is_some(), false);
        if self.field.is_replace() {
            let write = write(key, whole);
            return quote!(if let ::core::option::Option::Some(value) = &self.#name { #write; });
        }
        let overwrite = write(&overwritten, whole);
        let each = matches!(self.field.reducer, Reducer::Function(_));
        let reduce = if is_merged {
            quote!(#engine::__private::MapEntries(write))
        } else {
            self.with_functions(&quote!(write), attributes.write_with.is_some(), each)
        };
        quote! {
            match &self.#name {
                #engine::reduce::FieldUpdate::Keep => {}
                #engine::reduce::FieldUpdate::Reduce(write) => writing.entry(#key, &#reduce)?,
                #engine::reduce::FieldUpdate::Overwrite(value) => #overwrite,
            }
        }
    }

    /// A value that is written by the functions of the field, or as it is.
    fn with_functions(&self, value: &TokenStream, has_function: bool, each: bool) -> TokenStream {
        if !has_function {
            return value.clone();
        }
        let functions = self.functions_of(each);
        let (engine, name) = (&self.settings.engine, &self.state.name);
        let (_, ty_generics, _) = self.state.generics.split_for_impl();
        quote!(#engine::__private::Written::<_, #name #ty_generics, #functions>::new(#value))
    }

    /// The arms that read the field of an update. They read every form of a write, because the field may have had other attributes
    /// when the write was stored.
    pub(super) fn read(&self) -> TokenStream {
        let name = &self.field.name;
        let engine = &self.settings.engine;
        let keys = self.field.read_keys();
        let with = |prefix: &str| keys.iter().map(|key| format!("{prefix}{key}")).collect::<Vec<_>>();
        let (overwritten, left_out) = (with(OVERWRITTEN), with(LEFT_OUT));
        let (whole, missing, key) = (self.value(false), self.missing(), &keys[0]);
        let skip = quote!(reading.next_value::<#engine::__private::serde::de::IgnoredAny>()?;);
        if self.field.is_replace() {
            let set = quote!(#engine::__private::set(&mut self.#name, #key, value)?;);
            return quote! {
                #(#keys)|* | #(#overwritten)|* => { let value = #whole; #set }
                #(#left_out)|* => { #skip let value = #missing; #set }
            };
        }
        let set = |change: TokenStream| quote!(#engine::__private::change(&mut self.#name, #key, #change)?;);
        let write = self.value(matches!(self.field.reducer, Reducer::Function(_)));
        let reduce = set(quote!(#engine::reduce::FieldUpdate::Reduce(value)));
        let overwrite = set(quote!(#engine::reduce::FieldUpdate::Overwrite(value)));
        quote! {
            #(#keys)|* => { let value = #write; #reduce }
            #(#overwritten)|* => { let value = #whole; #overwrite }
            #(#left_out)|* => { #skip let value = #missing; #overwrite }
        }
    }

    /// The expression that reads the next value.
    fn value(&self, each: bool) -> TokenStream {
        if self.field.serde.read_with.is_none() {
            return quote!(reading.next_value()?);
        }
        let functions = self.functions_of(each);
        let (engine, name) = (&self.settings.engine, &self.state.name);
        let (_, ty_generics, _) = self.state.generics.split_for_impl();
        quote!(reading.next_value_seed(#engine::__private::Reading::<_, #name #ty_generics, #functions>::new())?)
    }

    /// The type with the functions of the field; with `each`, of the items of a list of values.
    fn functions_of(&self, each: bool) -> TokenStream {
        let (engine, marker) = (&self.settings.engine, self.marker());
        if each { quote!(#engine::__private::Each<#marker>) } else { quote!(#marker) }
    }

    /// The value that serde reads where the field is left out, or the error of a field without such a value.
    fn missing(&self) -> TokenStream {
        let name = &self.field.name;
        let label = name.unraw().to_string();
        let (engine, whole) = (&self.settings.engine, &self.state.name);
        let (_, ty_generics, _) = self.state.generics.split_for_impl();
        match (&self.field.serde.missing, &self.state.serde.missing) {
            (Some(Missing::Default), _) => quote!(::core::default::Default::default()),
            (Some(Missing::Path(path)), _) => quote!(#path()),
            (None, Some(Missing::Path(path))) => quote!(#path().#name),
            (None, Some(Missing::Default)) => {
                quote!(<#whole #ty_generics as ::core::default::Default>::default().#name)
            }
            (None, None) if self.field.serde.read_with.is_some() => quote!(#engine::__private::no_default(#label)?),
            (None, None) => quote!(#engine::__private::missing(#label)?),
        }
    }

    /// The bound of the value that is read where the field is left out.
    pub(super) fn missing_bound(&self) -> Option<WherePredicate> {
        let Field { ty, serde: attributes, .. } = self.field;
        self.field.is_read().then_some(())?;
        let name = &self.state.name;
        let (_, ty_generics, _) = self.state.generics.split_for_impl();
        match (&attributes.missing, &self.state.serde.missing) {
            (Some(Missing::Default), _) => Some(parse_quote!(for<'stored> #ty: ::core::default::Default)),
            (None, Some(Missing::Default)) => {
                Some(parse_quote!(for<'stored> #name #ty_generics: ::core::default::Default))
            }
            _ => None,
        }
    }

    fn marker(&self) -> Ident {
        format_ident!("Field{}", self.number)
    }
}

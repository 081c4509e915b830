//! What the macro writes: the update struct with a method for each field, and the two trait impls.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, PathArguments, Type};

use crate::parse::{Field, Reducer, Struct};

/// The update and the impls of a state.
pub(crate) fn expand(state: &Struct) -> TokenStream {
    let name = &state.name;
    let visibility = &state.visibility;
    let update = format_ident!("{name}Update");
    let (impl_generics, ty_generics, where_clause) = state.generics.split_for_impl();
    let generics = &state.generics;
    let fields = &state.fields;
    let names: Vec<_> = fields.iter().map(|field| &field.name).collect();
    let labels: Vec<_> = names.iter().map(|name| name.to_string().trim_start_matches("r#").to_owned()).collect();
    let slots = fields.iter().map(slot);
    let methods = fields.iter().map(methods);
    let clones = fields.iter().map(|field| {
        let field_name = &field.name;
        quote_spanned!(field.ty.span()=> ::core::clone::Clone::clone(&self.#field_name))
    });
    let applies = fields.iter().map(apply);
    let sets = fields.iter().enumerate().map(|(index, field)| {
        let field_name = &field.name;
        let is_set = if field.is_replace() { quote!(is_some) } else { quote!(is_overwrite) };
        quote!(.with(#index, self.#field_name.#is_set()))
    });
    let reducing: Vec<_> = fields.iter().enumerate().filter(|(_, field)| !field.is_replace()).collect();
    let overwrites = reducing.iter().map(|(index, field)| {
        let field_name = &field.name;
        quote!(.with(#index, self.#field_name.is_overwrite()))
    });
    let drops = reducing.iter().map(|(index, field)| {
        let field_name = &field.name;
        quote!(if fields.contains(#index) { self.#field_name.drop_reducing(); })
    });
    let written = fields.iter().zip(&labels).map(|(field, label)| {
        let field_name = &field.name;
        let is_kept = if field.is_replace() { quote!(is_none) } else { quote!(is_keep) };
        quote!(if !self.#field_name.#is_kept() { written.field(&::core::format_args!(#label)); })
    });
    let update_doc = format!("What a node wants changed in a [`{name}`]; a field that is not written stays as it is.");
    let update_text = update.to_string();
    quote! {
        #[doc = #update_doc]
        #[allow(non_snake_case, clippy::pub_underscore_fields, clippy::type_complexity)]
        #[must_use = "an update changes nothing until a node returns it"]
        #visibility struct #update #generics #where_clause {
            #(#slots)*
        }

        #[automatically_derived]
        #[allow(non_snake_case)]
        impl #impl_generics #update #ty_generics #where_clause {
            #(#methods)*
        }

        // By hand, because a derive would ask it of every type parameter, and of what holds them is enough.
        #[automatically_derived]
        impl #impl_generics ::core::clone::Clone for #update #ty_generics #where_clause {
            fn clone(&self) -> Self {
                Self { #(#names: #clones),* }
            }
        }

        #[automatically_derived]
        impl #impl_generics ::core::default::Default for #update #ty_generics #where_clause {
            fn default() -> Self {
                Self { #(#names: ::core::default::Default::default()),* }
            }
        }

        /// The names of the fields that the update writes.
        #[automatically_derived]
        impl #impl_generics ::core::fmt::Debug for #update #ty_generics #where_clause {
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                let mut written = formatter.debug_tuple(#update_text);
                #(#written)*
                written.finish()
            }
        }

        #[automatically_derived]
        impl #impl_generics ::council_core::Update for #update #ty_generics #where_clause {
            fn sets(&self) -> ::council_core::FieldSet {
                ::council_core::FieldSet::default() #(#sets)*
            }

            fn overwrites(&self) -> ::council_core::FieldSet {
                ::council_core::FieldSet::default() #(#overwrites)*
            }

            fn drop_reducing(&mut self, fields: ::council_core::FieldSet) {
                let _ = fields;
                #(#drops)*
            }
        }

        #[automatically_derived]
        impl #impl_generics ::council_core::State for #name #ty_generics #where_clause {
            type Update = #update #ty_generics;
            type Context = ();

            const FIELDS: &'static [&'static str] = &[#(#labels),*];

            fn apply(&mut self, update: Self::Update) {
                #(#applies)*
            }
        }
    }
}

/// An impl that lets the rest of the program compile, so that one mistake is one error.
pub(crate) fn stub(input: &DeriveInput) -> TokenStream {
    let name = &input.ident;
    let visibility = &input.vis;
    let update = format_ident!("{name}Update");
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    quote! {
        #[allow(missing_docs)]
        #[derive(::core::clone::Clone, ::core::default::Default, ::core::fmt::Debug)]
        #visibility struct #update;

        impl ::council_core::Update for #update {
            fn sets(&self) -> ::council_core::FieldSet { ::core::default::Default::default() }
            fn overwrites(&self) -> ::council_core::FieldSet { ::core::default::Default::default() }
            fn drop_reducing(&mut self, _: ::council_core::FieldSet) {}
        }

        impl #impl_generics ::council_core::State for #name #ty_generics #where_clause {
            type Update = #update;
            type Context = ();
            const FIELDS: &'static [&'static str] = &[];
            fn apply(&mut self, _: Self::Update) {}
        }
    }
}

/// The field of the update.
fn slot(field: &Field) -> TokenStream {
    let Field { name, visibility, ty, .. } = field;
    let doc = format!("The write to `{name}`, if there is one.");
    let item = item(ty);
    // Spelt out rather than taken from the reducer, so that a reducer that does not fit is one error, not one per use.
    let slot = match &field.reducer {
        Reducer::Replace => quote!(::core::option::Option<#ty>),
        Reducer::Add | Reducer::Max => quote!(::council_core::reduce::Change<#ty, #ty>),
        Reducer::Function(_) => quote!(::council_core::reduce::Change<::std::vec::Vec<#ty>, #ty>),
        Reducer::Append | Reducer::Merge | Reducer::ById => {
            quote_spanned!(ty.span()=> ::council_core::reduce::Change<::std::vec::Vec<#item>, #ty>)
        }
    };
    quote!(#[doc = #doc] #visibility #name: #slot,)
}

/// The methods by which a node writes the field.
fn methods(field: &Field) -> TokenStream {
    let Field { name, visibility, ty, .. } = field;
    let item = item(ty);
    let bare = name.to_string().trim_start_matches("r#").to_owned();
    let write = |marker: TokenStream, value: TokenStream| {
        let call = quote_spanned!(ty.span()=> write::<#marker>);
        quote!(self.#name.#call(#value); self)
    };
    let one = match &field.reducer {
        Reducer::Replace => {
            let doc = format!("Sets `{bare}`.");
            let (argument, value) = given(ty);
            quote!(#[doc = #doc] #visibility fn #name(mut self, value: #argument) -> Self { self.#name = ::core::option::Option::Some(#value); self })
        }
        Reducer::Append | Reducer::ById => {
            let marker = marker(&field.reducer, ty);
            let many = format_ident!("extend_{bare}");
            let (doc, docs) = if matches!(field.reducer, Reducer::Append) {
                (format!("Adds an item to `{bare}`."), format!("Adds items to `{bare}`."))
            } else {
                (format!("Puts an item into `{bare}`, by its id."), format!("Puts items into `{bare}`, by their ids."))
            };
            let (argument, value) = if holds_primitives(ty) {
                (item.clone(), quote!(item))
            } else {
                (quote!(impl ::core::convert::Into<#item>), quote!(item.into()))
            };
            let push = write(marker.clone(), quote!(::std::vec![#value]));
            let extend = write(marker, quote!(items.into_iter().collect()));
            quote! {
                #[doc = #doc] #visibility fn #name(mut self, item: #argument) -> Self { #push }
                #[doc = #docs] #visibility fn #many(mut self, items: impl ::core::iter::IntoIterator<Item = #item>) -> Self { #extend }
            }
        }
        Reducer::Merge => {
            let doc = format!("Puts entries into `{bare}`.");
            let body = write(marker(&field.reducer, ty), quote!(entries.into_iter().collect()));
            quote!(#[doc = #doc] #visibility fn #name(mut self, entries: impl ::core::iter::IntoIterator<Item = #item>) -> Self { #body })
        }
        Reducer::Add | Reducer::Max => {
            let doc = if matches!(field.reducer, Reducer::Add) {
                format!("Adds to `{bare}`.")
            } else {
                format!("Sets `{bare}` if the value is greater.")
            };
            let body = write(marker(&field.reducer, ty), quote!(value));
            quote!(#[doc = #doc] #visibility fn #name(mut self, value: #ty) -> Self { #body })
        }
        Reducer::Function(path) => {
            let doc = format!("Gives `{bare}` a value to reduce with `{}`.", path.to_token_stream());
            let (argument, value) = given(ty);
            quote!(#[doc = #doc] #visibility fn #name(mut self, value: #argument) -> Self { self.#name.write_with(#path, #value); self })
        }
    };
    if field.is_replace() {
        return one;
    }
    let overwrite = format_ident!("overwrite_{bare}");
    let doc = format!("Sets `{bare}` outright; wins over the other writes of the superstep.");
    let (argument, value) = given(ty);
    quote! {
        #one
        #[doc = #doc]
        #visibility fn #overwrite(mut self, value: #argument) -> Self {
            self.#name = ::council_core::reduce::Change::Overwrite(#value);
            self
        }
    }
}

/// How the update's field goes into the state's.
fn apply(field: &Field) -> TokenStream {
    let Field { name, ty, .. } = field;
    match &field.reducer {
        Reducer::Replace => quote!(if let ::core::option::Option::Some(value) = update.#name { self.#name = value; }),
        Reducer::Function(path) => quote!(update.#name.apply_with(#path, &mut self.#name);),
        named => {
            let marker = marker(named, ty);
            let call = quote_spanned!(ty.span()=> apply::<#marker>);
            quote!(update.#name.#call(&mut self.#name);)
        }
    }
}

/// The reducer's type in the engine; its span is the field's type, where a misfit has to be shown.
fn marker(reducer: &Reducer, ty: &Type) -> TokenStream {
    let name = match reducer {
        Reducer::Append => "Append",
        Reducer::Add => "Add",
        Reducer::Max => "Max",
        Reducer::Merge => "Merge",
        Reducer::ById => "ById",
        Reducer::Replace | Reducer::Function(_) => return TokenStream::new(),
    };
    let name = format_ident!("{name}", span = ty.span());
    quote_spanned!(ty.span()=> ::council_core::reduce::#name)
}

/// What a collection holds.
fn item(ty: &Type) -> TokenStream {
    quote_spanned!(ty.span()=> <#ty as ::core::iter::IntoIterator>::Item)
}

/// What a method takes for a whole value. Primitives are taken as they are, so that a literal needs no suffix.
fn given(ty: &Type) -> (TokenStream, TokenStream) {
    let text = ty.to_token_stream().to_string().replace(' ', "");
    let inner = text.strip_prefix("Option<").and_then(|rest| rest.strip_suffix('>')).unwrap_or(&text);
    if PRIMITIVES.contains(&inner) {
        (quote!(#ty), quote!(value))
    } else {
        (quote!(impl ::core::convert::Into<#ty>), quote!(value.into()))
    }
}

/// Whether a collection holds primitives, as far as its type says so: `Vec<u64>` does. They are taken as they are too.
fn holds_primitives(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(PathArguments::AngleBracketed(given)) = path.path.segments.last().map(|last| &last.arguments) else {
        return false;
    };
    given.args.first().is_some_and(|item| PRIMITIVES.contains(&item.to_token_stream().to_string().as_str()))
}

const PRIMITIVES: &[&str] = &[
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64", "bool",
    "char",
];

//! The output of the macro: the update struct with methods for each field, and the trait impls.

mod bounds;
mod field;
mod methods;
mod stored;
mod stored_field;

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::DeriveInput;
use syn::ext::IdentExt;

use crate::parse::{Settings, Struct};

/// The update of a state and all impls.
pub(crate) fn expand(settings: &Settings, state: &Struct) -> TokenStream {
    let Settings { engine, deps, .. } = settings;
    let Struct { name, visibility, generics, fields, .. } = state;
    let update = format_ident!("{name}Update");
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let labels = fields.iter().map(|field| field.name.unraw().to_string());
    let declarations = fields.iter().map(|field| field::declaration(engine, field));
    let methods = fields.iter().map(|field| methods::methods(engine, field));
    let applies = fields.iter().map(|field| field::apply(engine, field));
    let untracked = fields.iter().enumerate().filter(|(_, field)| !field.is_stored()).map(|(index, _)| index);
    let schema = schema(settings, state);
    let concurrent = concurrent(settings, state);
    let update_traits = update_traits(settings, state);
    let update_impl = update_impl(settings, state);
    let serde_impls = stored::serde_impls(settings, state);
    let bounded = bounds::of_state(engine, state);
    let (_, _, bounds) = bounded.split_for_impl();
    let update_doc = format!("The writes of a node to a [`{name}`]. A field without a write does not change.");
    quote! {
        #[doc = #update_doc]
        #[allow(non_snake_case, clippy::pub_underscore_fields, clippy::type_complexity)]
        #[must_use = "an update changes nothing until a node returns it"]
        #visibility struct #update #generics #where_clause {
            #(#declarations)*
        }

        #[automatically_derived]
        #[allow(non_snake_case)]
        impl #impl_generics #update #ty_generics #where_clause {
            #(#methods)*
        }

        #update_traits
        #update_impl
        #serde_impls

        #[automatically_derived]
        impl #impl_generics #engine::State for #name #ty_generics #bounds {
            type Update = #update #ty_generics;
            type Deps = #deps;

            const FIELDS: &'static [&'static str] = &[#(#labels),*];
            const UNTRACKED: #engine::FieldSet = #engine::FieldSet::EMPTY #(.with(#untracked, true))*;
            const SCHEMA: &'static #engine::__private::Schema = &#schema;

            fn apply(&mut self, update: Self::Update) {
                #(#applies)*
            }

            #concurrent
        }
    }
}

/// What the state stores.
fn schema(settings: &Settings, state: &Struct) -> TokenStream {
    let engine = &settings.engine;
    let untracked = state.fields.iter().filter(|field| field.untracked && field.serde.is_written).map(|field| {
        let (name, key) = (field.name.unraw().to_string(), &field.serde.key);
        quote!((#name, #key))
    });
    let fields = state.fields.iter().filter(|field| field.is_read()).map(|field| {
        let (name, key) = (field.name.unraw().to_string(), &field.serde.key);
        let (reducer, former_reducers) = (field.reducer.name(), &field.former_reducers);
        let read_keys = field.read_keys();
        let (read_key, former_keys) = (&read_keys[0], &read_keys[1..]);
        quote! {
            #engine::__private::SchemaField {
                name: #name,
                key: #key,
                read_key: #read_key,
                former_keys: &[#(#former_keys),*],
                reducer: #reducer,
                former_reducers: &[#(#former_reducers),*],
            }
        }
    });
    let only_written = state.fields.iter().filter(|field| field.is_stored() && !field.is_read());
    let removed = settings.removed.iter().chain(only_written.map(|field| &field.serde.key));
    quote! {
        #engine::__private::Schema {
            fields: &[#(#fields),*],
            removed: &[#(#removed),*],
            untracked: &[#(#untracked),*],
        }
    }
}

/// The items of `impl State` for fields whose concurrent writes are merged by a function; empty if there are none.
fn concurrent(settings: &Settings, state: &Struct) -> TokenStream {
    let engine = &settings.engine;
    let fields = state.fields.iter().enumerate();
    let fields = fields.filter_map(|(index, field)| Some((index, field::apply_beside(index, field)?)));
    let (indices, applies): (Vec<_>, Vec<_>) = fields.unzip();
    if indices.is_empty() {
        return TokenStream::new();
    }
    quote! {
        const CONCURRENT: #engine::FieldSet = #engine::FieldSet::EMPTY #(.with(#indices, true))*;

        fn apply_beside(&mut self, mut update: Self::Update, earlier: #engine::FieldSet) {
            #(#applies)*
            #engine::State::apply(self, update);
        }
    }
}

/// A minimal impl for a faulty struct. With it the rest of the program compiles, so that one mistake is one error.
pub(crate) fn stub(settings: &Settings, input: &DeriveInput) -> TokenStream {
    let Settings { engine, deps, .. } = settings;
    let name = &input.ident;
    let visibility = &input.vis;
    let update = format_ident!("{name}Update");
    let generics = bounds::shared(name, &input.generics);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    quote! {
        #[allow(missing_docs)]
        #[derive(::core::clone::Clone, ::core::default::Default, ::core::fmt::Debug)]
        #visibility struct #update;

        impl #engine::Update for #update {
            fn sets(&self) -> #engine::FieldSet { #engine::FieldSet::EMPTY }
            fn overwrites(&self) -> #engine::FieldSet { #engine::FieldSet::EMPTY }
            fn drop_reducing(&mut self, _: #engine::FieldSet) {}
            fn yield_to(&mut self, _: &Self) -> Self { Self }
        }

        impl #impl_generics #engine::State for #name #ty_generics #where_clause {
            type Update = #update;
            type Deps = #deps;
            const FIELDS: &'static [&'static str] = &[];
            const UNTRACKED: #engine::FieldSet = #engine::FieldSet::EMPTY;
            fn apply(&mut self, _: Self::Update) {}
        }
    }
}

/// `Clone`, `Default` and `Debug` of the update.
fn update_traits(settings: &Settings, state: &Struct) -> TokenStream {
    let update = format_ident!("{}Update", state.name);
    let update_text = update.to_string();
    let bounded = bounds::of_clone(&settings.engine, state);
    let (_, _, bounds) = bounded.split_for_impl();
    let (impl_generics, ty_generics, where_clause) = state.generics.split_for_impl();
    let names: Vec<_> = state.fields.iter().map(|field| &field.name).collect();
    let clones = state.fields.iter().map(|field| {
        let name = &field.name;
        quote_spanned!(field::located(&field.ty)=> ::core::clone::Clone::clone(&self.#name))
    });
    let written = state.fields.iter().map(|field| {
        let name = &field.name;
        let label = name.unraw().to_string();
        let is_kept = if field.is_replace() { quote!(is_none) } else { quote!(is_keep) };
        quote!(if !self.#name.#is_kept() { written.field(&::core::format_args!(#label)); })
    });
    quote! {
        // Written out, because `derive` would add a bound to every type parameter. Only the types of the fields need it.
        #[automatically_derived]
        impl #impl_generics ::core::clone::Clone for #update #ty_generics #bounds {
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
    }
}

/// `impl Update` for the update.
fn update_impl(settings: &Settings, state: &Struct) -> TokenStream {
    let engine = &settings.engine;
    let update = format_ident!("{}Update", state.name);
    let generics = bounds::of_update(engine, state);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let sets = state.fields.iter().enumerate().map(|(index, field)| {
        let name = &field.name;
        let is_set = if field.is_replace() { quote!(is_some) } else { quote!(is_overwrite) };
        quote!(.with(#index, self.#name.#is_set()))
    });
    let reducing: Vec<_> = state.fields.iter().enumerate().filter(|(_, field)| !field.is_replace()).collect();
    let overwrites = reducing.iter().map(|(index, field)| {
        let name = &field.name;
        quote!(.with(#index, self.#name.is_overwrite()))
    });
    let drops = reducing.iter().map(|(index, field)| {
        let name = &field.name;
        quote!(if fields.contains(#index) { self.#name.drop_reducing(); })
    });
    let yields = state.fields.iter().map(|field| field::yield_to(engine, field));
    quote! {
        #[automatically_derived]
        impl #impl_generics #engine::Update for #update #ty_generics #where_clause {
            fn sets(&self) -> #engine::FieldSet {
                #engine::FieldSet::EMPTY #(#sets)*
            }

            fn overwrites(&self) -> #engine::FieldSet {
                #engine::FieldSet::EMPTY #(#overwrites)*
            }

            fn drop_reducing(&mut self, fields: #engine::FieldSet) {
                let _ = fields;
                #(#drops)*
            }

            fn yield_to(&mut self, edit: &Self) -> Self {
                let _ = edit;
                Self { #(#yields),* }
            }
        }
    }
}

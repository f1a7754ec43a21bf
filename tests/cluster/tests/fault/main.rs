//! The fault server against a client that hides nothing: each fault really
//! happens, and the objects behave like those of the API server.

mod client;
mod faults;
mod store;

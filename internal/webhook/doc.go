// Package webhook tells programs of the regency when something happens: an event becomes one delivery per subscribed hook in
// the transaction that caused it, and a job brings each delivery to the address of the hook.
//
// Words: Hook (kait), Delivery (kiriman), Event (kejadian), Turn (which of the planned jobs of a delivery is the valid one).
// Tables: webhook_hook, webhook_delivery.
// Events: those given in Deps.Events, and "webhook.ping", which only a test sends.
//
// Signatures follow Standard Webhooks (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md): the headers
// webhook-id, webhook-timestamp and webhook-signature, HMAC-SHA256 over id.timestamp.body. A delivery may arrive twice with
// the same id. Where a hook may point is decided in address.go and guard.go (OWASP API7:2023, server side request forgery).
package webhook

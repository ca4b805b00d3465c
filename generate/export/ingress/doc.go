// Package ingress says what Traefik and the Gateway API would keep of a plan. It writes nothing for them: neither can
// choose a member by the clone ID of the application's own cookie, so an export would break sessions.
//
// Start at [Traefik] and [GatewayAPI].
package ingress

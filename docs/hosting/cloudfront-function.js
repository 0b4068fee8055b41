// CloudFront function for the event "viewer response" of a distribution before a bucket.
function handler(event) {
  var uri = event.request.uri
  var headers = event.response.headers
  headers['x-content-type-options'] = { value: "nosniff" }
  headers['referrer-policy'] = { value: "no-referrer" }
  headers['cross-origin-opener-policy'] = { value: "same-origin" }
  headers['cross-origin-embedder-policy'] = { value: "require-corp" }
  headers['cross-origin-resource-policy'] = { value: "same-origin" }
  headers['content-security-policy'] = { value: "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self' blob:; connect-src 'none'; img-src 'self' data: blob:; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html app-url" }
  headers['cache-control'] = { value: "no-cache" }
  if (uri.indexOf('/assets/') === 0) headers['cache-control'] = { value: "public, max-age=31536000, immutable" }
  if (uri === '/sw.js') headers['content-security-policy'] = { value: "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self' blob:; connect-src 'self'; img-src 'self' data: blob:; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html app-url" }
  if (uri === '/cryoscope.html') headers['content-disposition'] = { value: "attachment" }
  return event.response
}

/**
 * The headers of headers.mjs as configuration of the usual web servers and hosts: docs/hosting/ holds them, a test
 * compares. `node .ci/hosting.mjs` writes them anew.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { headersFor } from './headers.mjs'
import { root } from './steps.mjs'

const FOLDER = join(root, 'docs/hosting')

/** The files that differ from the rest, and the header in which they do. */
const page = headersFor('/index.html')
const SPECIAL = [
  { path: '/sw.js', name: 'Content-Security-Policy' },
  { path: '/cryoscope.html', name: 'Content-Disposition' },
]
const lasting = headersFor('/assets/x')['Cache-Control'] ?? ''
/** @param {string} path @param {string} name */
const value = (path, name) => headersFor(path)[name] ?? ''

/** Lines that set the page's headers but those named. @param {(name: string, text: string) => string} line @param {readonly string[]} [without] */
const common = (line, without = []) =>
  Object.entries(page)
    .filter(([name]) => !without.includes(name))
    .map(([name, text]) => line(name, text))

/** Static hosts that read a `_headers` file join the headers of all rules that match: these rules never overlap. */
function staticHost() {
  const paths = ['/', '/index.html', '/guide.html', '/assets/*', '/cryoscope.html', '/sw.js']
  return paths.flatMap((path) => [
    path,
    ...Object.entries(headersFor(path)).map(([name, text]) => `  ${name}: ${text}`),
  ])
}

function nginx() {
  return [
    '# In the http context, for example as /etc/nginx/conf.d/cryoscope.conf.',
    `map $uri $cryoscope_policy {\n  default "${page['Content-Security-Policy']}";\n  /sw.js "${value('/sw.js', 'Content-Security-Policy')}";\n}`,
    `map $uri $cryoscope_cache {\n  default "${page['Cache-Control']}";\n  ~^/assets/ "${lasting}";\n}`,
    `map $uri $cryoscope_disposition {\n  default "";\n  /cryoscope.html "${value('/cryoscope.html', 'Content-Disposition')}";\n}`,
    'server {',
    '  listen 80;\n  server_name cryoscope.example;\n  root /srv/cryoscope;',
    '  include mime.types;\n  types { application/manifest+json webmanifest; }',
    ...common((name, text) => `  add_header ${name} "${text}" always;`, ['Content-Security-Policy', 'Cache-Control']),
    '  add_header Content-Security-Policy $cryoscope_policy always;',
    '  add_header Cache-Control $cryoscope_cache always;',
    '  # A header without a value is not sent.\n  add_header Content-Disposition $cryoscope_disposition always;',
    '}',
  ]
}

function apache() {
  return [
    '# As .htaccess beside index.html, or in a <Directory>. Needs mod_headers and mod_mime.',
    'AddType application/manifest+json .webmanifest',
    ...common((name, text) => `Header always set ${name} "${text}"`),
    `<If "%{REQUEST_URI} =~ m#/assets/[^/]+$#">\n  Header always set Cache-Control "${lasting}"\n</If>`,
    ...SPECIAL.map(
      ({ path, name }) => `<Files "${path.slice(1)}">\n  Header always set ${name} "${value(path, name)}"\n</Files>`,
    ),
  ]
}

function caddy() {
  return [
    'cryoscope.example {',
    '  root * /srv/cryoscope\n  file_server',
    '  @lasting path /assets/*\n  @others not path /assets/*\n  @worker path /sw.js\n  @page not path /sw.js',
    '  header {',
    ...common((name, text) => `    ${name} "${text}"`, ['Content-Security-Policy', 'Cache-Control']),
    '  }',
    `  header @page Content-Security-Policy "${page['Content-Security-Policy']}"`,
    `  header @worker Content-Security-Policy "${value('/sw.js', 'Content-Security-Policy')}"`,
    `  header @others Cache-Control "${page['Cache-Control']}"`,
    `  header @lasting Cache-Control "${lasting}"`,
    `  header /cryoscope.html Content-Disposition "${value('/cryoscope.html', 'Content-Disposition')}"`,
    '  header /manifest.webmanifest Content-Type application/manifest+json',
    '}',
  ]
}

/** For a bucket behind CloudFront, which takes its headers from a function. */
function cloudfront() {
  return [
    '// CloudFront function for the event "viewer response" of a distribution before a bucket.',
    'function handler(event) {',
    '  var uri = event.request.uri',
    '  var headers = event.response.headers',
    ...common((name, text) => `  headers['${name.toLowerCase()}'] = { value: "${text}" }`),
    `  if (uri.indexOf('/assets/') === 0) headers['cache-control'] = { value: "${lasting}" }`,
    ...SPECIAL.map(
      ({ path, name }) =>
        `  if (uri === '${path}') headers['${name.toLowerCase()}'] = { value: "${value(path, name)}" }`,
    ),
    '  return event.response',
    '}',
  ]
}

/** Name → content. @returns {Record<string, string>} */
export function hostingFiles() {
  const files = {
    _headers: staticHost(),
    'nginx.conf': nginx(),
    'apache.htaccess': apache(),
    Caddyfile: caddy(),
    'cloudfront-function.js': cloudfront(),
  }
  return Object.fromEntries(Object.entries(files).map(([name, lines]) => [name, `${lines.join('\n')}\n`]))
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  mkdirSync(FOLDER, { recursive: true })
  for (const [name, text] of Object.entries(hostingFiles())) writeFileSync(join(FOLDER, name), text)
}

/** A small static server for the built site, with the headers of headers.mjs or others. Serves GET and HEAD of files, no listings. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'
import { headersFor } from './headers.mjs'

/** @type {Readonly<Record<string, string>>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.txt': 'text/plain; charset=utf-8',
}

/** @typedef {{ url: string, close: () => Promise<void> }} Site `url` ends with a slash. */

/**
 * Serves `folder` on 127.0.0.1. With port 0 the system picks a free one. Rejects when the port is taken.
 * @param {string} folder
 * @param {number} port
 * @param {(path: string) => Record<string, string>} [headers] what is sent with a file, by its path
 * @returns {Promise<Site>}
 */
export function serve(folder, port, headers = headersFor) {
  const server = createServer((request, response) => {
    respond(folder, headers, request, response).catch(() => {
      response.writeHead(500).end()
    })
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      const used = typeof address === 'object' && address ? address.port : port
      resolve({ url: `http://localhost:${used}/`, close: () => closeServer(server) })
    })
  })
}

/** @param {import('node:http').Server} server @returns {Promise<void>} */
function closeServer(server) {
  return new Promise((resolve) => {
    server.close(() => {
      resolve()
    })
    server.closeAllConnections()
  })
}

/**
 * @param {string} folder
 * @param {(path: string) => Record<string, string>} headers
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function respond(folder, headers, request, response) {
  const path = pathOf(request.url ?? '/')
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  const file = path === undefined || !isRead ? undefined : join(folder, normalize(path))
  const found = file?.startsWith(folder + sep) ? await stat(file).catch(() => undefined) : undefined
  if (!file || path === undefined || !found?.isFile()) {
    response.writeHead(isRead ? 404 : 405, { 'Content-Type': 'text/plain' }).end(isRead ? 'Not found\n' : '')
    return
  }
  const type = TYPES[extname(file)] ?? 'application/octet-stream'
  response.writeHead(200, { ...headers(path), 'Content-Type': type, 'Content-Length': found.size })
  if (request.method === 'HEAD') response.end()
  else createReadStream(file).pipe(response)
}

/** The decoded path, `/` as `/index.html`; undefined when it is not valid. @param {string} url */
function pathOf(url) {
  try {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname)
    return path === '/' ? '/index.html' : path
  } catch {
    return undefined
  }
}

/** The host configurations in docs/hosting/ are those of .ci/headers.mjs, and say for every file what it says. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { headersFor, metaPolicy, pagePolicy, portablePolicy } from '../../../.ci/headers.mjs'
import { hostingFiles } from '../../../.ci/hosting.mjs'
import { root } from '../../../.ci/steps.mjs'

const FOLDER = join(root, 'docs/hosting')

test('the files are up to date (else: node .ci/hosting.mjs)', () => {
  const kept = readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')])
  expect(Object.fromEntries(kept)).toEqual(hostingFiles())
})

test('every one of them has the policy of the page and that of the service worker', () => {
  for (const [name, text] of Object.entries(hostingFiles())) {
    expect(text, name).toContain(pagePolicy)
    expect(text, name).toContain(headersFor('/sw.js')['Content-Security-Policy'])
    expect(text, name).toContain('immutable')
  }
})

test('no policy allows inline code, evaluation or connections of the page', () => {
  for (const policy of [pagePolicy, metaPolicy, portablePolicy("'sha256-x'", "'sha256-y'")]) {
    expect(policy).toContain("connect-src 'none'")
    expect(policy).toContain("require-trusted-types-for 'script'")
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
  }
})

const PATHS = ['/', '/index.html', '/guide.html', '/sw.js', '/cryoscope.html', '/assets/index-x.js']

test('the CloudFront function gives every file its headers, and leaves those of the bucket', () => {
  const handler = runInNewContext(`${hostingFiles()['cloudfront-function.js'] ?? ''}; handler`) as (event: object) => {
    headers: Record<string, { value: string }>
  }
  for (const path of PATHS) {
    const headers = { etag: { value: '"x"' } }
    const sent = handler({ request: { uri: path }, response: { headers } }).headers
    const expected = Object.entries({ ...headersFor(path), ETag: '"x"' }).map(([name, value]) => [
      name.toLowerCase(),
      { value },
    ])
    expect(sent, path).toEqual(Object.fromEntries(expected))
  }
})

test('of the rules for static hosts exactly one holds for each file, and says its headers', () => {
  const rules = (hostingFiles()['_headers'] ?? '').split(/^(?=\/)/m).map((rule) => {
    const [pattern = '', ...lines] = rule.trim().split('\n')
    return {
      pattern,
      headers: Object.fromEntries(
        lines.map((line) =>
          line
            .trim()
            .split(/: (.*)/s)
            .slice(0, 2),
        ),
      ) as object,
    }
  })
  for (const path of PATHS) {
    const holding = rules.filter(({ pattern }) =>
      pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern,
    )
    expect(
      holding.map(({ headers }) => headers),
      path,
    ).toEqual([headersFor(path)])
  }
})

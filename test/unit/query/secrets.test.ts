import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { looksSecret, MASK, maskArguments, maskItem, maskText, maskValue } from '../../../src/query/secrets.ts'

describe('secrets: by name', () => {
  test.each([
    'DB_PASSWORD',
    'API_TOKEN',
    'AWS_SECRET_ACCESS_KEY',
    'api-key',
    'PGPASSWORD',
    'passwd',
    'SESSION_COOKIE',
    'DB_PWD',
  ])('%s is masked', (name) => {
    expect(maskItem(`${name}=value`)).toBe(`${name}=${MASK}`)
  })
  test.each(['PATH', 'HOME', 'TOKEN_FILE', 'SECRET_PATH', 'KEYBOARD', 'AUTHOR', 'PWD', 'OLDPWD'])(
    '%s is left',
    (name) => {
      expect(maskItem(`${name}=value`)).toBe(`${name}=value`)
    },
  )
  test('an empty value is no secret', () => {
    expect(looksSecret('PASSWORD', '')).toBe(false)
  })
})

describe('secrets: by shape', () => {
  test.each([
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc',
    'AKIA5012E571534AB47C',
    'ghp_f28bffe8dfacb28ee283490a87c8c8842072',
    '-----BEGIN RSA PRIVATE KEY-----',
  ])('%s is masked whatever its name', (value) => {
    expect(maskItem(`X=${value}`)).toBe(`X=${MASK}`)
  })
  test('of a URL only the password is masked', () => {
    expect(maskValue('DATABASE_URL', 'postgres://app:pw@db:5432/shop')).toBe(`postgres://app:${MASK}@db:5432/shop`)
  })
})

test('secrets: options with and without an equals sign', () => {
  const args = ['srv', '--token=abc', '--password', 'hunter2', '--verbose', '-x', 'DB_PASSWORD=x']
  expect(maskArguments(args)).toEqual([
    'srv',
    `--token=${MASK}`,
    '--password',
    MASK,
    '--verbose',
    '-x',
    `DB_PASSWORD=${MASK}`,
  ])
})

test('secrets: the password of -u user:password inside a shell command', () => {
  const [, , script] = maskArguments(['sh', '-c', 'x="curl -u admin:hunter2 http://x"; sleep 1'])
  expect(script).toBe(`x="curl -u admin:${MASK} http://x"; sleep 1`)
})

test('secrets: of a script and of nested assignments only the secret values', () => {
  const script = 'A=1 API_TOKEN="x y" ./run --db-password=z; echo done'
  expect(maskArguments(['sh', '-c', script])[2]).toBe(`A=1 API_TOKEN=${MASK} ./run --db-password=${MASK}; echo done`)
  const args = ['podman', 'run', '--env=API_TOKEN=x', '-e', 'DB_PASSWORD=p@ss w0rd', 'localhost/python:latest', 'serve']
  expect(maskArguments(args).slice(2)).toEqual([
    `--env=API_TOKEN=${MASK}`,
    '-e',
    `DB_PASSWORD=${MASK}`,
    'localhost/python:latest',
    'serve',
  ])
})

test.each(['a', 'a=', '-', 'token="', "token='", ' -u ', 'a '])('secrets: a megabyte of %j is no burden', (piece) => {
  const text = piece.repeat(1_000_000 / piece.length)
  const begun = performance.now()
  maskItem(text)
  maskText(text)
  maskArguments([text])
  expect(performance.now() - begun).toBeLessThan(3000)
})

test('secrets: in a recorded command the mask reaches up to the next option', () => {
  const text = 'podman run -e DB_PASSWORD=p@ss w0rd-7001 -e SKIP=stopped --name web image'
  expect(maskText(text)).toBe(`podman run -e DB_PASSWORD=${MASK} -e SKIP=stopped --name web image`)
})

test('secrets: masking never fails, never changes the name, and is stable', () => {
  fc.assert(
    fc.property(fc.string(), (item) => {
      const once = maskItem(item)
      expect(once.split('=')[0] === item.split('=')[0] || !item.includes('=')).toBe(true)
      expect(maskItem(once)).toBe(once)
      maskText(item)
      maskArguments([item, item])
    }),
  )
})

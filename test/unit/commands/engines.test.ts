import { describe, expect, test } from 'vitest'
import { kubeletSupport, restoreEngines, restoreSupport, type RestoreState } from '../../../src/commands/engines.ts'
import { compareVersions, parseVersion } from '../../../src/commands/version.ts'

describe('versions', () => {
  test('are read as engines and distributions print them', () => {
    expect(parseVersion('v2.2.1')).toEqual({ major: 2, minor: 2, patch: 1, pre: undefined })
    expect(parseVersion('1.7.24~ds1-6')).toEqual({ major: 1, minor: 7, patch: 24, pre: undefined })
    expect(parseVersion('2.4.0-beta.0')).toEqual({ major: 2, minor: 4, patch: 0, pre: 'beta.0' })
    expect(parseVersion('1.35.0~rc1')).toMatchObject({ minor: 35, pre: 'rc1' })
    expect(parseVersion('4.2')).toEqual({ major: 4, minor: 2, patch: 0, pre: undefined })
  })

  test.each(['', 'containerd', '2', 'latest', '2.', '.2.1', '9999999.1'])('%j is none', (text) => {
    expect(parseVersion(text)).toBeUndefined()
  })

  test('come in the order of their release', () => {
    const order = [
      '1.7.99',
      '2.4.0-alpha.1',
      '2.4.0-beta.0',
      '2.4.0-beta.2',
      '2.4.0-beta.10',
      '2.4.0-rc.0',
      '2.4.0',
      '2.4.1',
    ]
    const shuffled = [...order].reverse()
    const sorted = shuffled.sort((a, b) => {
      const [left, right] = [parseVersion(a), parseVersion(b)]
      return left && right ? compareVersions(left, right) : NaN
    })
    expect(sorted).toEqual(order)
  })
})

describe('restore support', () => {
  const rows: readonly (readonly ['containerd' | 'CRI-O', string, RestoreState, string | undefined])[] = [
    ['containerd', '1.7.27', 'none', undefined],
    ['containerd', 'v1.7.24~ds1', 'none', undefined],
    ['containerd', '2.0.0', 'checkpoint-only', undefined],
    ['containerd', '2.0.5', 'checkpoint-only', undefined],
    ['containerd', '2.1.0', 'works', undefined],
    ['containerd', '2.1.9', 'works', undefined],
    ['containerd', '2.2.6', 'works', undefined],
    ['containerd', '2.2.7', 'off', 'enable_experimental_restore_via_create = true'],
    ['containerd', '2.2.12', 'off', 'enable_experimental_restore_via_create = true'],
    ['containerd', '2.3.0-rc.1', 'works', undefined],
    ['containerd', '2.3.3', 'works', undefined],
    ['containerd', '2.3.4', 'off', 'enable_experimental_restore_via_create = true'],
    ['containerd', '2.4.0-alpha.0', 'check', 'enable_experimental_restore_via_create = true'],
    ['containerd', '2.4.0-beta.0', 'removed', undefined],
    ['containerd', '2.4.1', 'removed', undefined],
    ['containerd', '3.0.0', 'removed', undefined],
    ['CRI-O', '1.24.6', 'none', undefined],
    ['CRI-O', '1.25.0', 'off', 'enable_criu_support = true'],
    ['CRI-O', '1.29.4', 'off', 'enable_criu_support = true'],
    ['CRI-O', '1.30.0', 'check', 'container_level_enabled = "checkpoint_restore"'],
    ['CRI-O', '1.33.9', 'check', 'container_level_enabled = "checkpoint_restore"'],
    ['CRI-O', '1.34.0', 'works', undefined],
    ['CRI-O', '1.34.13', 'works', undefined],
    ['CRI-O', '1.34.14', 'off', 'container_level_enabled = "checkpoint_restore"'],
    ['CRI-O', '1.35.8', 'works', undefined],
    ['CRI-O', '1.35.9', 'off', 'container_level_enabled = "checkpoint_restore"'],
    ['CRI-O', '1.36.5', 'works', undefined],
    ['CRI-O', '1.36.6', 'off', 'container_level_enabled = "checkpoint_restore"'],
    ['CRI-O', '1.37.0', 'off', 'container_level_enabled = "checkpoint_restore"'],
  ]

  test.each(rows)('of %s %s: %s', (engine, version, state, setting) => {
    const support = restoreSupport(engine, version)
    expect(support.state).toBe(state)
    if (setting === undefined) expect(support.setting).toBeUndefined()
    else expect(support.setting?.text).toContain(setting)
    if (state !== 'works') expect(support.remedy).toBeTruthy()
    expect(support.source).not.toBe('')
  })

  test.each(['Podman', 'Docker', 'nerdctl', 'runc', 'crun'] as const)(
    'of %s does not hang on its version',
    (engine) => {
      expect(restoreSupport(engine, undefined)).toEqual(restoreSupport(engine, '0.1.0'))
      expect(restoreSupport(engine, undefined).state).toBe('works')
    },
  )

  test('of an unknown version says what it hangs on', () => {
    for (const version of [undefined, '', 'the newest']) {
      expect(restoreSupport('containerd', version)).toMatchObject({ state: 'unknown', versions: 'version not given' })
      expect(restoreSupport('CRI-O', version).remedy).toContain('crio --version')
    }
  })

  test('is known for every engine that is offered', () => {
    for (const engine of restoreEngines) expect(restoreSupport(engine, '1.0').summary).not.toBe('')
  })
})

test.each([
  ['1.24.17', 'none'],
  ['v1.25.0', 'off'],
  ['1.29.9', 'off'],
  ['1.30.0', 'works'],
  ['v1.34.1+k3s1', 'works'],
  [undefined, 'unknown'],
] as const)('checkpoint API of Kubernetes %s: %s', (version, state) => {
  expect(kubeletSupport(version)).toMatchObject({ state })
})

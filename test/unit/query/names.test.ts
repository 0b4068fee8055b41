import { expect, test } from 'vitest'
import {
  ALL_CAPABILITIES,
  capabilityNames,
  openFlagNames,
  protectionText,
  signalName,
  signalNames,
  waitStatusText,
} from '../../../src/query/names.ts'

test('names: capability bits, known and not', () => {
  expect(capabilityNames(0n)).toEqual([])
  expect(capabilityNames(1n | (1n << 21n) | (1n << 63n))).toEqual(['CAP_CHOWN', 'CAP_SYS_ADMIN', 'CAP_63'])
  expect(capabilityNames(ALL_CAPABILITIES)).toHaveLength(41)
  expect(capabilityNames(ALL_CAPABILITIES).at(-1)).toBe('CAP_CHECKPOINT_RESTORE')
})

test('names: bit 0 of a signal mask is signal 1', () => {
  expect(signalNames(0x4004n)).toEqual(['SIGQUIT', 'SIGTERM'])
  expect(signalName(9)).toBe('SIGKILL')
  expect(signalName(17)).toBe('SIGCHLD')
})

test('names: open flags keep unknown bits and tell O_SYNC from O_DSYNC', () => {
  expect(openFlagNames(0)).toEqual(['O_RDONLY'])
  expect(openFlagNames(0o102001)).toEqual(['O_WRONLY', 'O_LARGEFILE', 'O_APPEND'])
  expect(openFlagNames(0o4010002)).toEqual(['O_RDWR', 'O_SYNC'])
  expect(openFlagNames(0o10002)).toEqual(['O_RDWR', 'O_DSYNC'])
  expect(openFlagNames(0x40000000)).toEqual(['O_RDONLY', '0x40000000'])
})

test('names: arm64 gives O_DIRECTORY another bit', () => {
  expect(openFlagNames(0o200000, 'x86_64')).toEqual(['O_RDONLY', 'O_DIRECTORY'])
  expect(openFlagNames(0o40000, 'aarch64')).toEqual(['O_RDONLY', 'O_DIRECTORY'])
})

test('names: protection as in maps, wait status as wait(2) packs it', () => {
  expect(protectionText(5, 2)).toBe('r-xp')
  expect(protectionText(3, 1)).toBe('rw-s')
  expect(waitStatusText(0x300)).toBe('exit code 3')
  expect(waitStatusText(0x8b)).toBe('killed by SIGSEGV, core dumped')
})

import { describe, expect, test } from 'vitest'
import * as names from '../../../src/criu/names.ts'

const MIPS = names.MIPS
const AARCH64 = 3

describe('signals', () => {
  test.each([
    [1, undefined, 'SIGHUP'],
    [19, undefined, 'SIGSTOP'],
    [31, undefined, 'SIGSYS'],
    [32, undefined, 'SIG32'],
    [34, undefined, 'SIGRTMIN'],
    [36, undefined, 'SIGRTMIN+2'],
    [64, undefined, 'SIGRTMAX'],
    [10, MIPS, 'SIGBUS'],
    [23, MIPS, 'SIGSTOP'],
    [65, undefined, 'signal 65'],
    [0, undefined, 'signal 0'],
  ])('%i on machine %s is %s', (number, machine, name) => {
    expect(names.signalName(number, machine)).toBe(name)
  })

  test.each([undefined, MIPS])('handlers are those of all signals but two (machine %s)', (machine) => {
    const handled = Array.from({ length: 62 }, (_, index) => names.signalOfHandler(index, machine))
    expect(new Set(handled).size).toBe(62)
    expect(handled.at(-1)).toBe(64)
    expect(handled.map((number) => names.signalName(number, machine))).not.toContain('SIGKILL')
    expect(handled.map((number) => names.signalName(number, machine))).not.toContain('SIGSTOP')
  })

  test('masks', () => {
    expect(names.signalSet(0x4001n)).toEqual(['SIGHUP', 'SIGTERM'])
    expect(names.signalSet(1n << 63n)).toEqual(['SIGRTMAX'])
  })

  test('flags of handlers', () => {
    expect(names.handlerFlags(0x14000004n)).toEqual(['SA_SIGINFO', 'SA_RESTORER', 'SA_RESTART'])
    expect(names.handlerFlags(0x8n, MIPS)).toEqual(['SA_SIGINFO'])
  })
})

describe('values', () => {
  test.each([
    [names.taskState(3), 'stopped'],
    [names.taskState(6), 'zombie'],
    [names.taskState(2), 'dead'],
    [names.taskState(4), undefined],
    [names.socketState(11), 'CLOSING'],
    [names.socketState(12), 'NEW_SYN_RECV'],
    [names.socketFamily(17), 'PACKET'],
    [names.socketFamily(40), 'VSOCK'],
    [names.socketType(1), 'STREAM'],
    [names.socketType(1, MIPS), 'DGRAM'],
    [names.socketType(10), 'PACKET'],
    [names.ipProtocol(6), 'TCP'],
    [names.ipProtocol(17), 'UDP'],
    [names.netlinkProtocol(15), 'KOBJECT_UEVENT'],
    [names.fileType(20), 'PIDFD'],
    [names.remapType(1), 'GHOST'],
    [names.filesystemName(17), 'overlay'],
    [names.filesystemName(23), 'cgroup2'],
    [names.filesystemName(0, 'virtiofs'), 'virtiofs'],
    [names.filesystemName(16, ''), undefined],
    [names.rlimitName(7), 'NOFILE'],
    [names.rlimitName(5, MIPS), 'NOFILE'],
    [names.rlimitName(15), 'RTTIME'],
    [names.auxvName(33), 'AT_SYSINFO_EHDR'],
    [names.auxvName(31), 'AT_EXECFN'],
    [names.auxvName(51), 'AT_MINSIGSTKSZ'],
    [names.namespaceKind(0x40000000), 'net'],
    [names.clockName(7), 'BOOTTIME'],
    [names.lockKind(4), 'ofd'],
    [names.schedulingPolicy(5), 'IDLE'],
    [names.machineName(8), 'RISCV64'],
    [names.seccompMode(2), 'filter'],
    [names.lsmType(2), 'apparmor'],
    [names.ttyType(1), 'PTY'],
  ])('%s', (found, expected) => {
    expect(found).toBe(expected)
  })

  test('capabilities: the default set of containers', () => {
    expect(names.CAPABILITY_COUNT).toBe(41)
    expect(names.capabilityNames([0x800405fb, 0])).toEqual(
      expect.arrayContaining(['CAP_CHOWN', 'CAP_NET_BIND_SERVICE', 'CAP_SETFCAP']),
    )
    expect(names.capabilityNames([0x800405fb, 0])).not.toContain('CAP_SYS_ADMIN')
    expect(names.capabilityNames([0, 0x300])).toEqual(['CAP_CHECKPOINT_RESTORE', 'CAP_41'])
  })
})

describe('flags', () => {
  test.each([
    [0o100002, undefined, ['O_RDWR', 'O_LARGEFILE']],
    [0o200000, undefined, ['O_RDONLY', 'O_DIRECTORY']],
    [0o40000, AARCH64, ['O_RDONLY', 'O_DIRECTORY']],
    [0o4010001, undefined, ['O_WRONLY', 'O_SYNC']],
    [0o10001, undefined, ['O_WRONLY', 'O_DSYNC']],
    [0o20200002, undefined, ['O_RDWR', 'O_TMPFILE']],
    [0x80008, MIPS, ['O_RDONLY', 'O_APPEND', 'O_CLOEXEC']],
    [0o10000000, undefined, ['O_RDONLY', 'O_PATH']],
    [0x80000000, undefined, ['O_RDONLY', '0x80000000']],
  ])('open flags %i on machine %s', (flags, machine, expected) => {
    expect(names.openFlags(flags, machine)).toEqual(expected)
  })

  test('others', () => {
    expect(names.mountFlags(0x20000f)).toEqual(['MS_RDONLY', 'MS_NOSUID', 'MS_NODEV', 'MS_NOEXEC', 'MS_RELATIME'])
    expect(names.sealNames(0x21)).toEqual(['F_SEAL_SEAL', 'F_SEAL_EXEC'])
    expect(names.personalityNames(0x40000)).toEqual(['PER_LINUX', 'ADDR_NO_RANDOMIZE'])
    expect(names.taskFlags(0x400040)).toEqual(['PF_FORKNOEXEC', 'PF_RANDOMIZE'])
    expect(names.secureBits(0x11)).toEqual(['NOROOT', 'KEEP_CAPS'])
    expect(names.tcpOptions(7)).toEqual(['timestamps', 'sack', 'wscale'])
    expect(names.epollEvents(0x80002001)).toEqual(['EPOLLIN', 'EPOLLRDHUP', 'EPOLLET'])
    expect(names.inotifyEvents(0x80000102)).toEqual(['IN_MODIFY', 'IN_CREATE', 'IN_ONESHOT'])
  })
})

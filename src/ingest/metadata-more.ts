/** Further facts in reading order: what the engine's files say beyond the identity. */
import { isAbsent } from '../model/absent.ts'
import type { CheckpointMember } from '../model/checkpoint.ts'
import type { MoreFact } from '../model/metadata.ts'
import type { Fact } from '../model/origin.ts'
import type { Json } from '../oci/json.ts'
import { lines } from '../oci/json-text.ts'
import { mapFact, nanosecondsFact, timeFact } from '../oci/fact.ts'
import type { Evidence } from './evidence.ts'
import { findMetadata } from './members.ts'

interface MoreFiles {
  readonly config: Json
  readonly status: Json
  readonly criStatus: Json
  readonly descriptors: Json
  readonly bindMounts: Json
  readonly deletedFiles: Json
}

/** Container state numbers of the CRI (cri-api runtime/v1 ContainerState). */
const CRI_STATES = ['created', 'running', 'exited', 'unknown']

function field(label: string, group: string, fact: MoreFact['fact']): MoreFact[] {
  const isThere = !isAbsent(fact.value) ? fact.value.length > 0 : fact.value.absent !== 'not-recorded'
  return isThere ? [{ label, group, fact }] : []
}

function scalar(label: string, group: string, json: Json): MoreFact[] {
  return field(
    label,
    group,
    json.fact((item) => item.scalarText()),
  )
}

function joined(label: string, group: string, fact: Fact<readonly string[]>, by: string): MoreFact[] {
  return field(
    label,
    group,
    mapFact(fact, (items) => items.join(by)),
  )
}

export function readMore(evidence: Evidence, files: MoreFiles): MoreFact[] {
  return [...readConfig(files.config), ...readCri(files), ...readRestore(files.config), ...readFiles(evidence, files)]
}

function readConfig(config: Json): MoreFact[] {
  const group = 'Container'
  const ports = lines(config.at('newPortMappings'), (port) => {
    const part = (key: string) => {
      const text = port.at(key).scalarText()
      return isAbsent(text) ? '?' : text
    }
    return `${part('host_ip')}:${part('host_port')} → ${part('container_port')}/${part('protocol')}`
  })
  return [
    ...scalar('Name given by the engine', group, config.at('name')),
    ...field(
      'Created with',
      group,
      config.at('CreateCommand').fact((item) => item.strings()),
    ),
    ...scalar('Network mode', group, config.at('networkMode')),
    ...joined('Ports', group, ports, ', '),
    ...scalar('Log driver', group, config.at('logDriver')),
    ...scalar('Log path on the host', group, config.at('logPath')),
    ...scalar('Privileged', group, config.at('privileged')),
    ...scalar('Stop signal', group, config.at('stopSignal')),
    ...scalar('Cgroup manager', group, config.at('cgroupManager')),
    ...joined(
      'Named volumes',
      group,
      lines(config.at('namedVolumes'), (item) => namedVolume(item)),
      ', ',
    ),
  ]
}

function namedVolume(item: Json): string {
  const name = item.at('volumeName').string()
  const destination = item.at('dest').string()
  return `${isAbsent(name) ? '?' : name} at ${isAbsent(destination) ? '?' : destination}`
}

function readCri({ status, criStatus }: MoreFiles): MoreFact[] {
  const group = 'CRI status'
  const state = mapFact(
    criStatus.at('state').fact((item) => item.safeInteger()),
    (number) => CRI_STATES[number] ?? `state ${number}`,
  )
  return [
    ...field('State', group, state),
    ...scalar('Process id on the host', group, status.at('Pid')),
    ...scalar('Exit code', group, status.at('ExitCode')),
    ...field('Finished', group, nanosecondsFact(status.at('FinishedAt'))),
    ...scalar('Reason', group, status.at('Reason')),
    ...scalar('Message', group, status.at('Message')),
    ...scalar('Attempt', group, criStatus.at('metadata', 'attempt')),
    ...scalar('Log path on the host', group, criStatus.at('log_path')),
  ]
}

function readRestore(config: Json): MoreFact[] {
  const group = 'Restore'
  return [
    ...scalar('Was restored before', group, config.at('restored')),
    ...field('Restored', group, timeFact(config.at('restoredTime'))),
    ...scalar('Archive it was restored from', group, config.at('restoreArchive')),
  ]
}

function readFiles(evidence: Evidence, { descriptors, bindMounts, deletedFiles }: MoreFiles): MoreFact[] {
  const group = 'Files'
  const mounts = lines(bindMounts, (item) => {
    const destination = item.at('destination').string()
    return isAbsent(destination) ? '?' : destination
  })
  return [
    ...joined(
      'Descriptors 0, 1, 2 of the first process',
      group,
      descriptors.fact((item) => item.strings()),
      ', ',
    ),
    ...joined('Bind mounts that a restore needs', group, mounts, ', '),
    ...joined(
      'Deleted files',
      group,
      deletedFiles.fact((item) => item.strings()),
      ', ',
    ),
    ...writtenAt(evidence.member(`${evidence.imageDir}inventory.img`), 'Images written (time of inventory.img)'),
    ...writtenAt(findMetadata(evidence, 'config.dump'), 'Archive prepared (time of config.dump)'),
  ]
}

/** Latest time that a Date holds, in seconds. */
const LAST_SECOND = 8_640_000_000_000

function writtenAt(member: CheckpointMember | undefined, label: string): MoreFact[] {
  const mtime = member?.mtime
  if (!member || mtime === undefined || mtime <= 0 || mtime > LAST_SECOND) return []
  const value = new Date(mtime * 1000).toISOString()
  const from = { origin: { member: member.index, offset: 0, length: 0 } }
  return [{ label, group: 'Files', fact: { value, from } }]
}

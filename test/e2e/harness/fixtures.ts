/** The checkpoints under test/fixtures/checkpoints, which are small enough to be opened in every test. */
import { readFileSync, readdirSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { root } from '../../../.ci/steps.mjs'
import type { MadeFile } from './app.ts'

const FOLDER = join(root, 'test/fixtures/checkpoints')

/** Paths of the archives, relative to the fixtures folder, sorted. */
export function checkpointFixtures(): string[] {
  return readdirSync(FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tar(\.gz|\.zst)?$/.test(entry.name))
    .map((entry) => relative(FOLDER, join(entry.parentPath, entry.name)))
    .sort()
}

export function readFixture(path: string): Uint8Array {
  return readFileSync(join(FOLDER, path))
}

/** A fixture as a file of another name: nothing may depend on what a file is called. */
export function fixtureAs(path: string, name = basename(path)): MadeFile {
  return { name, bytes: readFixture(path) }
}

/** The Kubernetes example: one container, a shell and a sleep. */
export const KUBERNETES = 'containerd/2.2.1/counters.tar'

/** Versions as engines print them: `v2.2.1`, `1.7.24~ds1-6`, `2.4.0-beta.0`, `1.34.0-dev`. */

export interface Version {
  readonly major: number
  readonly minor: number
  readonly patch: number
  /** `alpha.1`, `beta.0`, `rc.2`, `dev`; undefined for a release. What distributions append is none of these. */
  readonly pre: string | undefined
}

/** Undefined when the text holds no version. The patch may be left out and counts as 0. */
export function parseVersion(text: string): Version | undefined {
  const found = /^\s*v?(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?(?:[-~]?((?:alpha|beta|rc|dev)[\d.]{0,12}))?/i.exec(text)
  if (!found) return undefined
  const [, major, minor, patch = '0', pre] = found
  return { major: Number(major), minor: Number(minor), patch: Number(patch), pre: pre?.toLowerCase() }
}

/** Whether a version is that one or a later one; undefined when the text holds none. */
export function isVersionFrom(text: string, from: string): boolean | undefined {
  const [version, bound] = [parseVersion(text), parseVersion(from)]
  return version && bound && compareVersions(version, bound) >= 0
}

/** Negative, 0 or positive, in the order of semver.org: a pre-release comes before its release. */
export function compareVersions(a: Version, b: Version): number {
  const numbers = a.major - b.major || a.minor - b.minor || a.patch - b.patch
  if (numbers !== 0 || a.pre === b.pre) return numbers
  if (a.pre === undefined) return 1
  if (b.pre === undefined) return -1
  return a.pre.localeCompare(b.pre, 'en', { numeric: true })
}

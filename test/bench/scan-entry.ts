/** What the bench of scanning needs, for one bundle. */
export { startScan } from '../../src/scan/driver.ts'
export { compile } from '../../src/scan/pattern.ts'
export { StringScan } from '../../src/scan/strings.ts'

/**
 * Helpers for tests of code that runs on this package.
 *
 * @packageDocumentation
 */
export { recordingLogger } from './recording-logger.js'
export type { LogRecord } from './recording-logger.js'
export { settle } from './settle.js'

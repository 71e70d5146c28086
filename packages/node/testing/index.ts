/**
 * Helpers for tests of the command line, of execution layers that run under it, and of settlement nodes.
 *
 * @packageDocumentation
 */
export { startProgram } from './program.js'
export type { Program, ProgramExit } from './program.js'
export { freePorts } from './free-ports.js'
export { adminToken, writeSettleConfig } from './settle-config.js'
export type { SettleConfigOptions } from './settle-config.js'

/**
 * Helpers for tests of the command line and of execution layers that run under it.
 *
 * @packageDocumentation
 */
export { startProgram } from './program.js'
export type { Program, ProgramExit } from './program.js'
export { freePorts } from './free-ports.js'

import { readFileSync } from 'node:fs'

const directory = new URL('../vectors/data/', import.meta.url)

/** Text of a vector file. The only way to the file system in these tests: a build for browsers replaces this module. */
export function loadVector(name: string): string {
  return readFileSync(new URL(name, directory), 'utf8')
}

/** Bytes of a vector file. */
export function loadVectorBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(name, directory)))
}

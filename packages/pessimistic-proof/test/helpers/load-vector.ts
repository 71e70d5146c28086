import { readFileSync } from 'node:fs'

const directory = new URL('../vectors/data/', import.meta.url)

/** Text of a vector file. The only way to the file system in these tests: a build for browsers replaces this module. */
export function loadVector(name: string): string {
  return readFileSync(new URL(name, directory), 'utf8')
}

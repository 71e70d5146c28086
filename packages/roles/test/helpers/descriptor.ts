import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import protobuf from 'protobufjs'

const folder = new URL('../../../../proto/', import.meta.url).pathname

/** The wire types as their .proto files describe them. */
export function loadDescriptor(): protobuf.Root {
  const root = new protobuf.Root()
  root.resolvePath = (_, target) => (target.startsWith('/') ? target : join(folder, target))
  const files = readdirSync(join(folder, 'zkstack/roles')).sort()
  root.loadSync(files.map((file) => `zkstack/roles/${file}`))
  root.resolveAll()
  return root
}

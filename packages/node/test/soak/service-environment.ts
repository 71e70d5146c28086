/**
 * What the files of docs/operation set in a node's environment. Without it glibc takes the buffers of blocks and messages from one
 * heap, and the holes that they leave in it stay resident.
 */
export const serviceEnvironment: Readonly<Record<string, string>> = {
  MALLOC_MMAP_THRESHOLD_: '32768',
}

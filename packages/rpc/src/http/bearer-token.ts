import { createHash, timingSafeEqual } from 'node:crypto'

/** Tells whether an `Authorization` header has the token, in a time that does not depend on how much of it is right. */
export function bearerToken(token: string): (header: string | undefined) => boolean {
  const expected = digestOf(`Bearer ${token}`)
  return (header) => header !== undefined && timingSafeEqual(digestOf(header), expected)
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

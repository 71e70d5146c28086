/** Where a prover is, and how it is spoken to. */
export interface ProverAddress {
  /** `host:port` */
  readonly target: string
  /** `undefined`: the address does not say. */
  readonly isTls: boolean | undefined
}

/** Reads `host:port`, `https://host:port` (TLS) or `http://host:port` (none); `undefined` for anything else. */
export function parseProverAddress(text: string): ProverAddress | undefined {
  const [, scheme, authority = text] = /^(https?):\/\/(.*)$/.exec(text) ?? []
  const url = `${scheme ?? 'http'}://${authority}`
  if (!URL.canParse(url)) return undefined
  const { hostname, port, pathname, search, hash, username, password } = new URL(url)
  if (hostname === '' || pathname !== '/' || [search, hash, username, password].join('') !== '')
    return undefined
  if (scheme === undefined && !/:\d+$/.test(authority)) return undefined
  const standard = scheme === 'https' ? '443' : '80'
  const isTls = scheme === undefined ? undefined : scheme === 'https'
  return { target: `${hostname}:${port === '' ? standard : port}`, isTls }
}

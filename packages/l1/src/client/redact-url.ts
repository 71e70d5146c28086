/**
 * What logs and errors may say of an endpoint: scheme, host and port. Keys of RPC providers stand in the path, the query or
 * before the host; `/…` says that something was left out.
 */
export function redactUrl(url: string): string {
  if (!URL.canParse(url)) return 'an address that is no URL'
  const { protocol, host, pathname, search, username, password } = new URL(url)
  const isBare = pathname.replace('/', '') === '' && search === '' && username + password === ''
  return `${protocol}//${host}${isBare ? '' : '/…'}`
}

/** Replaces every occurrence of a URL, whole or without its scheme, within a text from elsewhere. */
export function redactText(text: string, url: string): string {
  const shown = redactUrl(url)
  const { pathname, search, username, password } = new URL(url)
  const secrets = [url, url.replace(/^\w+:\/\//, ''), `${pathname}${search}`, password, username]
  return secrets
    .filter((secret) => secret.length > 1)
    .reduce((redacted, secret) => redacted.replaceAll(secret, shown), text)
}

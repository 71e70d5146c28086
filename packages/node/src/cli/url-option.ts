import { UsageError, type CommandArguments } from './command.js'

/** The address of a node's server. @throws UsageError */
export function urlOf(args: CommandArguments): string {
  const url = args.required('url')
  if (/^https?:/.test(url) && URL.canParse(url)) return url
  throw new UsageError(`--url takes http://host:port, not '${url}'`)
}

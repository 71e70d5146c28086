import { fetchReport } from '../../http/fetch-report.js'
import type { StatusReport } from '../../status/status-report.js'
import { exitCodes, type Command } from '../command.js'
import { ofThisVersion } from '../of-this-version.js'
import { reasonOf } from '../reason-of.js'
import { reportText } from '../report-text.js'
import { urlOf } from '../url-option.js'

/** `zkstack inspect` */
export const inspect: Command = {
  name: 'inspect',
  summary: 'Asks a running node what it does and why.',
  options: [
    {
      name: 'url',
      value: '<url>',
      help: "the node's status server",
      fallback: 'http://127.0.0.1:3055',
    },
    { name: 'ready', help: 'exit with 5 when the node is not ready' },
    { name: 'json', help: 'print everything that the node tells' },
  ],
  examples: [
    { line: 'zkstack inspect', does: 'the node on this machine' },
    {
      line: 'zkstack inspect --url http://10.0.0.7:3055 --json',
      does: 'another one, for a script',
    },
    { line: 'zkstack inspect --ready', does: 'for a script: is it ready?' },
  ],
  async run(args, io) {
    const url = urlOf(args)
    let report: StatusReport
    try {
      report = await fetchReport(url)
    } catch (e) {
      io.err(`zkstack: no answer from ${url}: ${reasonOf(e)}\n`)
      return exitCodes.unreachable
    }
    io.out(
      args.has('json')
        ? `${JSON.stringify(report)}\n`
        : ofThisVersion(url, () => reportText(report)),
    )
    if (!args.has('ready')) return exitCodes.ok
    const isReady = ofThisVersion(url, () => report.readiness.ready)
    return isReady ? exitCodes.ok : exitCodes.notReady
  },
}

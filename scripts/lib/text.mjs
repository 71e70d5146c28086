import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

// Every pattern is written so that it does not match its own source: `[w]ork` is no match for `work`.
const forbidden = [
  [/(?<![\w.})])\/[w]ork\/|\/[t]mp\/zk\b|(?<![\w.])\/[r]oot\//, 'a path of one machine'],
  [/(?<![\w/.-])[s]hared\/(?=design|spec|vectors|hooks)/, 'a folder outside the repository'],
  [/[r]egistry\.(npmjs|yarnpkg|npmmirror)|[n]pmjs\.(org|com)|[r]egistry=/, "a registry's host"],
  [
    /\b[a]nthropic\b|\b[c]laude\b|\b[c]hatgpt\b|\b[c]opilot\b|\b[i]ssues show\b/i,
    'a tool of the workplace',
  ],
  [/\b[T]ODO\b|\b[F]IXME\b|\b[X]XX\b/, 'unfinished work; finish it, or name it in an issue'],
  [/^(<{7}|>{7}) /, 'a merge conflict'],
]

/** Where only code is meant: a test that nobody runs, and a type check that is switched off. */
const forbiddenInCode = [
  [/\b(it|test|describe)\.(only|skip|todo)\b/, 'a test that is not run, or the only one that is'],
  [/@ts-([i]gnore|[n]ocheck)\b/, 'a type error made invisible'],
]

/**
 * What a file may not say, as `file:line: reason`.
 *
 * @param {string} root folder that `file` is relative to; links of Markdown files are followed from there
 */
export function textProblems(root, file) {
  const bytes = readFileSync(join(root, file))
  if (bytes.includes(0)) return []
  const lines = bytes.toString('utf8').split('\n')
  const patterns = /\.[cm]?[jt]s$/.test(file) ? [...forbidden, ...forbiddenInCode] : forbidden
  return lines.flatMap((line, index) => {
    const found = patterns.filter(([pattern]) => pattern.test(line)).map(([, reason]) => reason)
    const links = file.endsWith('.md') ? deadLinks(root, file, line) : []
    return [...found, ...links].map((reason) => `${file}:${index + 1}: ${reason}`)
  })
}

/** Relative links of one line of Markdown whose target does not exist. */
function deadLinks(root, file, line) {
  return [...line.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)]
    .map(([, inline, attribute]) => inline ?? attribute)
    .filter((link) => !/^([a-z]+:|#)/.test(link))
    .filter((link) => !existsSync(join(root, dirname(file), link.replace(/[#?].*$/, ''))))
    .map((link) => `a link to ${link}, which does not exist`)
}

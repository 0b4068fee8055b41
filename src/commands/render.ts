/** Recipes as text: what one pastes into a shell, and a script. */
import { visibleText } from '../base/text.ts'
import { lineText } from './shell.ts'
import type { Recipe, Step, StepFile } from './step.ts'
import { yamlText } from './yaml.ts'

/** No line of a file is this: YAML has keys and dashes, settings have brackets and equal signs. */
const END = 'END_OF_FILE'

export function fileText({ content }: StepFile): string {
  return typeof content === 'string' ? content : yamlText(content)
}

/** What to paste for one step: writes its files and runs its lines. Without comments: zsh does not know them when they are pasted. */
export function stepText({ files, lines }: Step): string {
  const written = files.map((file) => `cat > ${file.name} <<'${END}'\n${fileText(file)}${END}\n`)
  return [...written, ...lines.map((line) => `${lineText(line)}\n`)].join('')
}

/** All that is to be done, without what is only needed sometimes. */
export function blockText({ steps }: Recipe): string {
  return steps
    .filter(({ isAside }) => !isAside)
    .map(stepText)
    .join('')
}

/** A script for sh that stops at the first failure, with the explanations as comments. */
export function scriptText({ steps, stops, warnings }: Recipe, title: string): string {
  const parts = steps.map((one) =>
    one.isAside
      ? `# Left out, only where it is needed: ${one.title}\n`
      : [
          heading(one.title),
          comment(one.why),
          ...one.warnings.map((text) => comment(`Note: ${text}`)),
          stepText(one),
        ].join(''),
  )
  return [
    '#!/bin/sh\n',
    comment(title),
    ...[...stops, ...warnings].map(comment),
    'set -eu\n',
    ...parts.map((part) => `\n${part}`),
  ].join('')
}

function heading(title: string): string {
  return `# ${visibleText(title)}\n`
}

/** Comments of lines that are easy to read. Line breaks of values cannot end them. */
function comment(text: string): string {
  return visibleText(text).replaceAll(/(?=\S)(.{1,98})(?:\s+|$)/gu, '# $1\n')
}

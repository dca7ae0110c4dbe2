import { expect, test } from 'vitest';
import { type CodeSchemeName, codeSchemes, isCodeScheme } from '../../src/domain/code-scheme.ts';

test.each<[CodeSchemeName, string, string | null]>([
  ['db11-15', '510107001004001', '510107001004'],
  ['db11-15', '510107001004', '510107001'],
  ['db11-15', '510107001', '510107'],
  ['db11-15', '510107', null],
  ['cjt349-20', '03000051010700100402', '510107001004'],
  ['cjt349-20', '03000051010700100400', '510107001004'],
  ['cjt349-20', '03000051010700160100', '510107001'],
  ['free', 'Brooklyn-3', null],
])('%s: the parent of %s is %s', (scheme, code, parent) => {
  expect(codeSchemes[scheme].fits(code)).toBe(true);
  expect(codeSchemes[scheme].parentOf(code)).toBe(parent);
});

test.each<[CodeSchemeName, string]>([
  ['db11-15', '5101'],
  ['db11-15', '51010700100400'],
  ['db11-15', '510107001004001001'],
  ['db11-15', '51010700100400A'],
  ['cjt349-20', '510107001004001'],
  ['free', ''],
  ['free', 'a b'],
])('%s refuses %j', (scheme, code) => expect(codeSchemes[scheme].fits(code)).toBe(false));

test('only known schemes are schemes', () => {
  expect(['db11-15', 'toString', 'postcode'].map(isCodeScheme)).toEqual([true, false, false]);
});

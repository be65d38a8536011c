type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** Puts a number into the form that the language wants for it; `#` stands for the number. */
export function plural(locale: string): (number: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(locale);
  const format = new Intl.NumberFormat(locale);
  return (number, forms) => (forms[rules.select(number)] ?? forms.other).replace('#', format.format(number));
}

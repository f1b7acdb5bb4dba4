import { z } from 'zod';

/**
 * What a viewer may choose above a board; every panel whose stream has the column shows only what is chosen, or those of
 * the windows and streams that are listed.
 */
const Common = {
  /** Of the streams' fields and windows' by-columns; a panel that has none of the name says so and shows all. */
  column: z.string({ error: 'expected a field of a stream or a by-column of a window' }),
  label: z.string().optional().meta({ description: 'Left out: the variable’s name.' }),
  multi: z.boolean().default(true).meta({ description: 'Several may be chosen.' }),
  filters: z.array(z.string()).min(1).optional().meta({
    description:
      'Windows and streams whose panels it filters; others say that they are not. Left out: all with the column.',
  }),
  default: z.array(z.string()).default([]).meta({ description: 'Chosen where the address says nothing; empty: all.' }),
};

export const VariableSchema = z.union(
  [
    z.strictObject({
      ...Common,
      from: z
        .string({ error: 'expected a stream or a window; or values: a list instead' })
        .meta({ description: 'The stream or window whose values are offered.' }),
      sql: z.string().optional().meta({ description: 'One SELECT of one column, instead of the values of `column`.' }),
    }),
    z.strictObject({ ...Common, values: z.array(z.string()).min(1) }),
  ],
  { error: 'expected { column, from: a stream or window } or { column, values: […] }' },
);
export type Variable = z.infer<typeof VariableSchema>;

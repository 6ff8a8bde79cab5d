import { Button } from '@mantine/core';
import type { RoleSummary } from '../../data/samples';
import type { DataReport } from '../../jobs/types';
import { clearEvaluationData, setRoles } from '../../state/actions/data';
import type { DataState } from '../../state/stores/data';
import { grouped } from '../../analysis/format';
import { pick } from '../parts/FileInputs';
import { useStudio } from '../studio';
import panelStyles from '../styles/panel.module.css';
import textStyles from '../styles/text.module.css';
import { RoleNumber } from './RoleNumber';

const definitions = {
  training: 'What training would learn from; calibration is part of it.',
  calibration: 'Activation ranges are chosen from these.',
  selection: 'Whatever chooses (an epoch, a repair) chooses on these.',
  evaluation: 'Only ever reported: nothing is chosen on these.',
} as const satisfies Record<RoleSummary['role'], string>;
const order = ['training', 'calibration', 'selection', 'evaluation'] as const;

/** How many samples serve which purpose, and the seed that draws them. */
export function Roles({ data, report }: { data: DataState; report: DataReport }) {
  const studio = useStudio();
  const { roles, source } = data;
  const counts = new Map(report.roles.map(({ role, count }) => [role, count]));
  const calibration = counts.get('calibration') ?? 0;
  const evaluation = counts.get('evaluation') ?? 0;
  const apart = source?.kind === 'files' ? source.evaluation : undefined;
  return (
    <div>
      <div className={panelStyles.triple}>
        <RoleNumber
          label="Calibration"
          least={1}
          most={report.count}
          value={roles.calibration}
          onChange={(value) => void setRoles(studio, { calibration: value })}
        />
        <RoleNumber
          label="Evaluation"
          least={1}
          most={report.count}
          value={roles.evaluation ?? evaluation}
          onChange={(value) => void setRoles(studio, { evaluation: value })}
        />
        <RoleNumber
          label="Data seed"
          least={0}
          value={roles.seed}
          onChange={(value) => void setRoles(studio, { seed: value })}
        />
      </div>
      <p className={`${textStyles.muted} ${textStyles.small}`}>
        {grouped(calibration)} for calibration, {grouped(evaluation)} others for evaluation.
      </p>
      <dl className={`${panelStyles.facts} ${textStyles.small}`} aria-label="Roles of the samples">
        {order.map((role) => (
          <Role key={role} role={role} count={counts.get(role)} />
        ))}
      </dl>
      {source?.kind === 'files' && (
        <div className={panelStyles.row}>
          <Button size="compact-xs" variant="subtle" onClick={() => pick('evaluation-files')}>
            {apart ? 'Other evaluation samples…' : 'Evaluation samples…'}
          </Button>
          {apart && (
            <Button
              size="compact-xs"
              variant="subtle"
              onClick={() => void clearEvaluationData(studio)}
            >
              Evaluate on these too
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function Role({ role, count }: { role: RoleSummary['role']; count: number | undefined }) {
  if (count === undefined) return null;
  const name = role === 'calibration' ? 'of which calibration' : role;
  return (
    <>
      <dt title={definitions[role]}>{name}</dt>
      <dd>{grouped(count)}</dd>
    </>
  );
}

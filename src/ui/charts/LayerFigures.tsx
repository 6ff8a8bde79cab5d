import type { LayerFigure } from '../../analysis/figures';
import type { ChartData } from '../figures/series';
import { figureText } from '../../analysis/figures/text';
import { none } from '../../analysis/format';
import { shortName } from '../names';
import styles from '../styles/table.module.css';

interface LayerFiguresProps {
  figure: LayerFigure;
  data: ChartData;
}

/** The chart's figures as a table. */
export function LayerFigures({ figure, data }: LayerFiguresProps) {
  return (
    <div
      className={`${styles.scroll} ${styles.tall}`}
      tabIndex={0}
      role="group"
      aria-label="Figures"
    >
      <table className={styles.table} aria-label={`${figure.label} per layer`}>
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">Layer</th>
            {data.series.map(({ key, label }) => (
              <th key={key} scope="col" className={styles.num}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.points.map((point) => (
            <tr key={point.id}>
              <td>{point.index + 1}</td>
              <td title={point.name}>{shortName(point.name, 60)}</td>
              {data.series.map(({ key }) => {
                const value = point.values[key];
                return (
                  <td key={key} className={styles.num}>
                    {value === undefined ? none : figureText(figure, value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

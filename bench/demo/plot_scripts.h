#ifndef BENCH_DEMO_PLOT_SCRIPTS_H_
#define BENCH_DEMO_PLOT_SCRIPTS_H_

// The gnuplot scripts of the pictures. Each reads the data files that lie beside it.

namespace bench {

// moons_grid.dat: x y score, an empty line after each row. moons_points.dat: x y label.
// The score is cut at +-2, so that the colours tell where it changes sign; at +-1 the margin ends.
inline constexpr char kMoonsScript[] = R"gp(set terminal pngcairo size 1000,700 font "Sans,13"
set output "moons.png"
set title "Two moons: the score of a 2-16-16-1 ReLU network" font ",15"
set xlabel "x_1"
set ylabel "x_2"
set cblabel "score"
set size ratio -1
set tics nomirror out
set key outside bottom center horizontal samplen 2 width 2 reverse Left

set contour base
set cntrparam levels discrete 0
unset surface
set table $boundary
splot "moons_grid.dat" using 1:2:3
unset table
set cntrparam levels discrete -1, 1
set table $margin
splot "moons_grid.dat" using 1:2:3
unset table
unset contour
set surface

set palette defined (-2 "#3b6fb6", 0 "#f7f7f7", 2 "#e0803a") maxcolors 16
set cbrange [-2:2]
set cbtics 1
set autoscale fix
cut(score) = score > 2 ? 2 : score < -2 ? -2 : score

plot "moons_grid.dat" using 1:2:(cut($3)) with image notitle, \
     $margin using 1:2 with lines lw 1.5 dt 2 lc rgb "#404040" title "score = -1, 1", \
     $boundary using 1:2 with lines lw 2.5 lc rgb "black" title "score = 0", \
     "moons_points.dat" using 1:2 with points pt 7 ps 1.5 lc rgb "white" notitle, \
     "" using 1:($3 < 0 ? $2 : NaN) with points pt 7 ps 1.2 lc rgb "#1c3f73" title "label -1", \
     "" using 1:($3 > 0 ? $2 : NaN) with points pt 7 ps 1.2 lc rgb "#a3470c" title "label 1"
)gp";

// loss.dat: step loss accuracy.
inline constexpr char kLossScript[] = R"gp(set terminal pngcairo size 1000,600 font "Sans,13"
set output "loss.png"
set title "Training on the two moons" font ",15"
set xlabel "step"
set ylabel "loss (max-margin + L2)" textcolor rgb "#3b6fb6"
set y2label "accuracy, %" textcolor rgb "#c0601a"
set logscale y
set xrange [0:*] noextend
set yrange [*:*]
set y2range [*:102]
set ytics nomirror
set y2tics
set grid xtics ytics lc rgb "#dddddd" lt 1
set key center right
plot "loss.dat" using 1:2 with lines lw 2.5 lc rgb "#3b6fb6" title "loss", \
     "" using 1:(100 * $3) axes x1y2 with lines lw 2.5 lc rgb "#e0803a" title "accuracy"
)gp";

// What the small pictures of misread.png have in common; the terminal, which depends on their
// number, is set before. misread.dat: x y ink, y downwards.
inline constexpr char kMisreadScript[] = R"gp(set output "misread.png"
set size ratio -1
set yrange [*:*] reverse
set autoscale fix
set palette defined (0 "white", 1 "black")
set cbrange [0:1]
unset colorbox
unset tics
set title offset 0, -0.4
set border lc rgb "#bbbbbb"
set lmargin 1; set rmargin 1; set tmargin 2; set bmargin 0.5
)gp";

}  // namespace bench

#endif  // BENCH_DEMO_PLOT_SCRIPTS_H_

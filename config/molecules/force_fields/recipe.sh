#!/usr/bin/env bash
# Make the GAFF parameters again: MOLECULE.mol2 and MOLECULE.frcmod here, MOLECULE.prmtop above.
#
#     recipe.sh SCRATCH_FOLDER
#
# Needs a Python with ase, Linux on x86-64, and Debian's libarpack2 and libhdf4-0. The programs
# of AmberTools come with the wheel of acpype, which goes into an environment of its own.
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
mkdir -p "$1"
cd "$1"

"$python" -m venv acpype
acpype/bin/pip install --quiet --no-deps acpype==2023.10.27
AMBERHOME=$(echo "$PWD"/acpype/lib/python3.*/site-packages/acpype/amber_linux)
export AMBERHOME PATH="$AMBERHOME/bin:$PATH" LD_LIBRARY_PATH="$AMBERHOME/lib"
# The wheel holds these libraries under their full version, the programs ask for the short one.
(cd "$AMBERHOME/lib"
    for library in libhdf5.so.310 libhdf5_hl.so.310 libzip.so.5 libsz.so.2; do
        ln -sf "$library".* "$library"
    done)

for molecule in ethane benzene malonaldehyde; do
    mkdir -p "$molecule"
    cd "$molecule"
    "$python" "$folder/write_structure.py" "$molecule" structure.gjf
    # Atom types of GAFF; charges of AM1-BCC at the geometry that AM1 finds from this one.
    antechamber -i structure.gjf -fi gcrt -o "$molecule.mol2" -fo mol2 \
        -at gaff -c bcc -nc 0 -rn MOL -pf y -dr n
    # Parameters that GAFF lacks, by analogy.
    parmchk2 -i "$molecule.mol2" -f mol2 -o "$molecule.frcmod" -s gaff
    cat > leap.in <<EOF
source leaprc.gaff
loadamberparams $molecule.frcmod
MOL = loadmol2 $molecule.mol2
saveamberparm MOL $molecule.prmtop $molecule.inpcrd
quit
EOF
    tleap -f leap.in
    # The date of making is all that differs from run to run.
    sed -i 's/DATE = .*/DATE = 01\/01\/25  00:00:00/' "$molecule.prmtop"
    cp "$molecule.mol2" "$molecule.frcmod" "$folder"
    cp "$molecule.prmtop" "$folder/.."
    cd ..
done
